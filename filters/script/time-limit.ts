import { Script } from 'node:vm';
import { Deadline, ProxyError, threadTimers } from '../../src/plugin/index.ts';

/** Where the runner finds what it is to run: only the global object is common to both. */
const SLOT = Symbol.for('sluice.script');
const runner = new Script("globalThis[Symbol.for('sluice.script')]()", { filename: 'sluice:script' });

/** How long a script may take: until it returns and, where it returns a promise, until that is settled. */
export class TimeLimit {
  readonly #timeoutMs: number;

  /** In ms; 0 is no limit. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /**
   * What `call` returns; a promise is rejected when it takes too long. What a script does behind an `await` can be given
   * up, but not stopped.
   * @throws ProxyError when it takes too long to return.
   */
  run<T>(call: () => T): T {
    if (this.#timeoutMs === 0) return call();
    const result = this.#runStretch(call);
    return result instanceof Promise ? (this.#await(result) as T) : result;
  }

  #runStretch<T>(call: () => T): T {
    const slots = globalThis as unknown as Record<symbol, (() => T) | undefined>;
    const outer = slots[SLOT];
    slots[SLOT] = call;
    try {
      return runner.runInThisContext({ timeout: this.#timeoutMs }) as T;
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? this.#exceeded() : error;
    } finally {
      slots[SLOT] = outer;
    }
  }

  #await<T>(result: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const deadline = new Deadline(threadTimers, () => reject(this.#exceeded()));
      deadline.set(this.#timeoutMs);
      result.then(resolve, reject).finally(() => deadline.dispose());
    });
  }

  #exceeded(): ProxyError {
    const message = `the script took more than ${this.#timeoutMs} ms`;
    return new ProxyError({ code: 'script-timeout', status: 500, source: 'internal', message });
  }
}
