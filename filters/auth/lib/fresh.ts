import type { Log } from '../../../src/plugin/index.ts';

/** When a value is loaded anew, in ms; tests give shorter times. */
export interface FreshTimes {
  /** After a load that went well. Default 15 min. */
  readonly refreshMs?: number;
  /** After the first that failed; doubled with each further, up to 10 s before anything was loaded and up to a minute then. Default 1 s. */
  readonly retryMs?: number;
}

const MAX_RETRY_MS = 60_000;
/** The same while nothing was ever loaded, when requests fail for want of it. */
const MAX_FIRST_RETRY_MS = 10_000;
/** How many hurried loads may follow each other at once, and how long it takes until there may be one more. */
const HURRIES = 5;
const HURRY_MS = 10_000;

/**
 * A value from another server that is loaded in the background, again and again, and at hand at any time; while loads
 * fail the last good one stays. Requests wait for it only before the first load, or when they `hurry` it; they start no
 * load that failed a moment ago: a server that is down is asked now and then, not once for each request.
 */
export class Fresh<T extends NonNullable<unknown>> {
  readonly #load: () => Promise<T>;
  readonly #log: Log;
  readonly #refreshMs: number;
  readonly #retryMs: number;
  #current: T | null = null;
  #loading: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #failures = 0;
  #hurries = HURRIES;
  #hurriedAt = 0;
  #closed = false;

  /** The first load begins in the next turn of the event loop, if it is not closed by then. */
  constructor(load: () => Promise<T>, log: Log, times: FreshTimes = {}) {
    this.#load = load;
    this.#log = log;
    this.#refreshMs = times.refreshMs ?? 15 * 60_000;
    this.#retryMs = times.retryMs ?? 1000;
    this.#plan(0);
  }

  get current(): T | null {
    return this.#current;
  }

  /** The value; before the first load it is waited for. Null when that fails, or failed and is not due again yet. */
  async ready(): Promise<T | null> {
    if (this.#current === null && (this.#failures === 0 || this.#loading !== null)) await this.#loadOnce();
    return this.#current;
  }

  /** Loads the value now, together with others who ask for that, but not as often as a client likes. */
  async hurry(): Promise<void> {
    if (this.#loading === null && !this.#mayHurry()) return;
    await this.#loadOnce();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #mayHurry(): boolean {
    const now = performance.now();
    this.#hurries = Math.min(HURRIES, this.#hurries + (now - this.#hurriedAt) / HURRY_MS);
    this.#hurriedAt = now;
    if (this.#hurries < 1) return false;
    this.#hurries--;
    return true;
  }

  #plan(delayMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = this.#closed ? null : setTimeout(() => void this.#loadOnce(), delayMs).unref();
  }

  #loadOnce(): Promise<void> {
    this.#loading ??= this.#attempt().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #attempt(): Promise<void> {
    try {
      this.#current = await this.#load();
      this.#failures = 0;
      this.#plan(this.#refreshMs);
    } catch (error) {
      const message = reasonOf(error as Error);
      this.#log.warn('a document for authentication could not be loaded', { message, stale: this.#current !== null });
      const mostMs = this.#current === null ? MAX_FIRST_RETRY_MS : MAX_RETRY_MS;
      this.#plan(Math.min(mostMs, this.#retryMs * 2 ** this.#failures++));
    }
  }
}

/** `fetch` hides what went wrong in the cause. */
function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

interface Shared {
  readonly fresh: Fresh<NonNullable<unknown>>;
  holders: number;
}

const shared = new Map<string, Shared>();

/**
 * The `Fresh` of that key, the same for all routes of the thread; made by `make` for the first that asks. `release` lets
 * it go; with the last holder it ends.
 */
export function shareFresh<T extends NonNullable<unknown>>(
  key: string,
  make: () => Fresh<T>,
): { fresh: Fresh<T>; release: () => void } {
  const found: Shared = shared.get(key) ?? { fresh: make(), holders: 0 };
  shared.set(key, found);
  found.holders++;
  let held = true;
  const release = (): void => {
    if (!held) return;
    held = false;
    if (--found.holders > 0) return;
    shared.delete(key);
    found.fresh.close();
  };
  return { fresh: found.fresh as Fresh<T>, release };
}
