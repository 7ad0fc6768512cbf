import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import type { MetricSnapshot } from '../../observe/index.ts';
import type { Log } from '../../plugin/index.ts';
import { type ProcessFlags, SHORTAGE_FLAG } from './thread-setup.ts';

/** At most so many descriptors are held back: for the support listener, files, and answers that say that there are too few. */
const MOST_RESERVED = 64;
/** Of fewer descriptors this part is held back. */
const RESERVED_PART = 1 / 8;
/** While there are plenty, only one of so many questions is answered by a look. */
const LOOK_EVERY = 4;
/** A shortage is over when nobody was turned away for so long, in seconds. */
const CALM_SECONDS = 5;

/**
 * Keeps clients and connections to origins from the last file descriptors of the process. One per data thread; the threads
 * share the knowledge of a shortage, so that one of them tells it, once.
 *
 * The system hands out the lowest free descriptor: one from the reserve means that all below are in use.
 */
export class DescriptorReserve {
  readonly #limit: number;
  readonly #firstReserved: number;
  readonly #flags: ProcessFlags;
  readonly #log: Log;
  #asked = 0;
  #isShort = false;
  readonly #turnedAway = { client: 0, upstream: 0 };

  /** `limit` is how many descriptors the process may have; 0: nobody knows, and nothing is held back. */
  constructor(limit: number, flags: ProcessFlags, log: Log) {
    this.#limit = limit;
    this.#firstReserved = limit - Math.min(MOST_RESERVED, Math.floor(limit * RESERVED_PART));
    this.#flags = flags;
    this.#log = log;
  }

  /** Says whether there is none left but for the reserve. */
  isShort(): boolean {
    if (this.#limit === 0 || (!this.#isShort && this.#asked++ % LOOK_EVERY !== 0)) return this.#isShort;
    this.#isShort = nextDescriptor() >= this.#firstReserved;
    if (!this.#isShort && Atomics.load(this.#flags, SHORTAGE_FLAG) !== 0) this.#tellEnd();
    return this.#isShort;
  }

  /** A connection is not taken, or not opened, for want of descriptors. */
  turnAway(side: 'client' | 'upstream' = 'client'): void {
    this.#turnedAway[side]++;
    if (Atomics.exchange(this.#flags, SHORTAGE_FLAG, nowSeconds()) !== 0) return;
    this.#log.error('out of file descriptors: what is new is answered 503 until some are free; raise "ulimit -n"', {
      limit: this.#limit,
      reserved: this.#limit - this.#firstReserved,
    });
  }

  /** What stands in the counters now. */
  snapshot(prefix: string): MetricSnapshot {
    const { client, upstream } = this.#turnedAway;
    return {
      name: `${prefix}_connections_turned_away_total`,
      type: 'counter',
      help: 'Connections that were not taken from clients, or not opened to origins, for want of file descriptors.',
      aggregator: 'sum',
      values: [
        { value: client, labels: { side: 'client' } },
        { value: upstream, labels: { side: 'upstream' } },
      ],
    };
  }

  #tellEnd(): void {
    const last = Atomics.load(this.#flags, SHORTAGE_FLAG);
    if (nowSeconds() - last < CALM_SECONDS) return;
    if (Atomics.compareExchange(this.#flags, SHORTAGE_FLAG, last, 0) === last)
      this.#log.info('there are file descriptors again', { limit: this.#limit });
  }
}

/** How many descriptors this process may have; 0 where that is not known, or has no end. */
export function descriptorLimit(): number {
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
  // The report would look up the names of peers otherwise.
  report.excludeNetwork = true;
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } };
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : 0;
}

/** The descriptor that the system would give now. */
function nextDescriptor(): number {
  try {
    const descriptor = openSync(devNull, 'r');
    closeSync(descriptor);
    return descriptor;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EMFILE' || code === 'ENFILE' ? Number.POSITIVE_INFINITY : -1;
  }
}

/** Monotonic, never 0. */
function nowSeconds(): number {
  return 1 + Math.floor(Number(process.hrtime.bigint() / 1_000_000_000n));
}
