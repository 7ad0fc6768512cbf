import { Deadline, type Endpoint, type Log, type TimerWheel } from '../plugin/index.ts';

/** What has become of the calls to endpoints. */
export class EndpointTally {
  /** Connections that were opened. */
  connects = 0;
  /** Calls that failed by the endpoint's fault, by the code of the failure. */
  readonly failures = new Map<string, number>();

  failed(code: string, times = 1): void {
    this.failures.set(code, (this.failures.get(code) ?? 0) + times);
  }

  add(other: EndpointTally): void {
    this.connects += other.connects;
    for (const [code, times] of other.failures) this.failed(code, times);
  }
}

/** What live endpoints have in common. */
export interface EndpointEnv {
  readonly log: Log;
  readonly timers: TimerWheel;
}

/** So many changes are told at once, and one more for each pause: an endpoint that comes and goes does not fill the log. */
const MAX_LINES = 6;
const PAUSE_MS = 10_000;

/** An endpoint in use, and how it fares: over all routes of a thread. Its changes are told in the log, not its failures. */
export class LiveEndpoint implements Endpoint {
  readonly origin: string;
  inFlight = 0;
  readonly tally = new EndpointTally();
  /** Whether the last call to it got no answer. */
  isFailing = false;
  /** Whether routes name it, so that it is of interest by itself; those of `<dynamic>` backends come with the requests. */
  isNamed = false;
  readonly #log: Log;
  readonly #refill: Deadline;
  #credit = MAX_LINES;
  /** What the log says of it. */
  #isToldFailing = false;
  #changesUntold = 0;
  #failuresInRow = 0;
  #lastFailure: { readonly code: string; readonly message: string } | null = null;

  constructor(origin: string, { log, timers }: EndpointEnv) {
    this.origin = origin;
    this.#log = log;
    this.#refill = new Deadline(timers, () => this.#refilled());
  }

  /** A call got an answer, whatever it says. */
  answered(): void {
    if (!this.isFailing) return;
    this.isFailing = false;
    this.#changed();
    this.#failuresInRow = 0;
  }

  /** A call failed; `isUnanswered`: before there was any answer. */
  failed(failure: { readonly code: string; readonly message: string }, isUnanswered: boolean): void {
    this.tally.failed(failure.code);
    if (!isUnanswered) return;
    this.#failuresInRow++;
    this.#lastFailure = failure;
    if (this.isFailing) return;
    this.isFailing = true;
    this.#changed();
  }

  /** Nobody uses it any more. */
  dispose(): void {
    this.#refill.dispose();
  }

  #changed(): void {
    this.#changesUntold++;
    if (this.isNamed && this.#credit > 0) this.#tell();
  }

  #tell(): void {
    const changes = this.#changesUntold;
    this.#changesUntold = 0;
    this.#isToldFailing = this.isFailing;
    if (this.#credit-- === MAX_LINES) this.#refill.set(PAUSE_MS);
    const common = { endpoint: this.origin, ...(changes > 1 ? { changes } : {}) };
    if (!this.isFailing) this.#log.info('an endpoint works again', { ...common, failures: this.#failuresInRow });
    else
      this.#log.warn('an endpoint fails', {
        ...common,
        code: this.#lastFailure?.code,
        reason: this.#lastFailure?.message,
      });
  }

  #refilled(): void {
    this.#credit++;
    if (this.#changesUntold > 1 || this.isFailing !== this.#isToldFailing) this.#tell();
    if (this.#credit < MAX_LINES) this.#refill.set(PAUSE_MS);
  }
}
