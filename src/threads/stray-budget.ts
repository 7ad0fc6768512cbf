import type { StrayError } from '../drop-ins/index.ts';

/** How many stray errors of one culprit are told in a second; the rest is counted. */
const TOLD_PER_SECOND = 5;

interface Account {
  told: number;
  untold: number;
  last: StrayError;
}

/** Tells stray errors, but not by the thousand: a timer may throw each millisecond. All are counted. */
export class StrayBudget {
  readonly #tell: (error: StrayError, more: number) => void;
  readonly #accounts = new Map<string, Account>();
  #timer: NodeJS.Timeout | null = null;

  /** `tell` gets an error, and how many of the same culprit came with it that are not told. */
  constructor(tell: (error: StrayError, more: number) => void) {
    this.#tell = tell;
  }

  take(error: StrayError): void {
    const key = error.culprit ?? '';
    const account = this.#accounts.get(key);
    if (account === undefined) this.#accounts.set(key, { told: 1, untold: 0, last: error });
    else {
      account.last = error;
      if (account.told === TOLD_PER_SECOND) account.untold++;
      else account.told++;
    }
    if (account === undefined || account.untold === 0) this.#tell(error, 0);
    this.#timer ??= setTimeout(() => this.#settle(), 1000).unref();
  }

  #settle(): void {
    this.#timer = null;
    for (const { untold, last } of this.#accounts.values()) if (untold > 0) this.#tell(last, untold - 1);
    this.#accounts.clear();
  }
}
