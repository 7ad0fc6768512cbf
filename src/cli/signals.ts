import { constants } from 'node:os';

/**
 * What an operator says to the process. SIGHUP never ends it; the first SIGTERM or SIGINT asks it to stop, the second one to
 * stop at once, and the third ends it as it is.
 */
export class Signals {
  /** Resolves at the first SIGTERM or SIGINT. */
  readonly stop: Promise<void>;
  /** Resolves at the second one, to the exit code that says so: 128 and the number of the signal. */
  readonly again: Promise<number>;
  /** Called at each SIGHUP. */
  hangup: () => void = () => undefined;

  constructor() {
    let first = (): void => undefined;
    let second = (_code: number): void => undefined;
    this.stop = new Promise((resolve) => (first = resolve));
    this.again = new Promise((resolve) => (second = resolve));
    let asked = 0;
    const ask = (signal: 'SIGTERM' | 'SIGINT'): void => {
      const code = 128 + constants.signals[signal];
      asked++;
      if (asked === 1) first();
      else if (asked === 2) second(code);
      else process.exit(code);
    };
    process.on('SIGTERM', ask);
    process.on('SIGINT', ask);
    process.on('SIGHUP', () => this.hangup());
  }
}
