/** How often everything is looked at although nothing was hinted: at least so far apart, in ms, while watching works … */
const CALM_MS = 2000;
/** … and while it does not. */
const BUSY_MS = 200;
/** A look costs at most 1 % of a core while watching works, 5 % while it does not. */
const CALM_SHARE = 1 / 100;
const BUSY_SHARE = 1 / 20;
const LONGEST_MS = 60_000;
/** After this it is tried again whether watching works, each time twice as long, in ms. */
const FIRST_RETRY_MS = 5000;
const LONGEST_RETRY_MS = 300_000;

/** What a patrol does. */
export interface Rounds {
  /** Has everything looked at; whoever does says with `Patrol.looked` what it cost. */
  look(): void;
  /** Begins to watch anew; says with `works` or `failed` how it went. */
  rewatch(): Promise<void>;
}

/**
 * Looks at everything now and then, as often as it is worth it: seldom while a watcher tells of changes, more often while none
 * does, and never so that looking costs more than a small share of a core.
 */
export class Patrol {
  readonly #rounds: Rounds;
  #costMs = 0;
  #isCalm = true;
  #timer: NodeJS.Timeout | null = null;
  #retryAfterMs = FIRST_RETRY_MS;
  #retryAt = 0;
  #closed = false;

  constructor(rounds: Rounds) {
    this.#rounds = rounds;
  }

  /** A look is done, and cost so much of a core, in ms. The next one is due some time later. */
  looked(costMs: number): void {
    this.#costMs = costMs;
    this.#arm();
  }

  /** Watching does not work. Returns whether that is new. */
  failed(): boolean {
    if (!this.#isCalm) return false;
    this.#isCalm = false;
    this.#retryAt = performance.now() + this.#retryAfterMs;
    this.#arm();
    return true;
  }

  /** Watching works. Returns whether it did not before. */
  works(): boolean {
    if (this.#isCalm) return false;
    this.#isCalm = true;
    this.#retryAfterMs = FIRST_RETRY_MS;
    this.#arm();
    return true;
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #everyMs(): number {
    const [leastMs, share] = this.#isCalm ? [CALM_MS, CALM_SHARE] : [BUSY_MS, BUSY_SHARE];
    return Math.min(LONGEST_MS, Math.max(leastMs, this.#costMs / share));
  }

  #arm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.#round(), this.#everyMs());
    this.#timer.unref();
  }

  #round(): void {
    // It is armed anew when the look is done.
    this.#rounds.look();
    if (this.#isCalm || performance.now() < this.#retryAt) return;
    this.#retryAfterMs = Math.min(LONGEST_RETRY_MS, 2 * this.#retryAfterMs);
    this.#retryAt = performance.now() + this.#retryAfterMs;
    void this.#rounds.rewatch();
  }
}
