import { Deadline, filterBounds, ProxyError, threadTimers } from '../http/index.ts';

/**
 * Settles with `step`, or fails when it stays pending for longer than `filterBounds` allow, `isExcused` not counted: a
 * hook may wait for content, which has bounds of its own. `name` is the filter's.
 */
export function boundedHook(step: PromiseLike<void>, name: string, isExcused: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const { timeoutMs } = filterBounds;
    const deadline = new Deadline(threadTimers, () => {
      if (isExcused()) deadline.set(timeoutMs);
      else reject(hookTimedOut(name, timeoutMs));
    });
    deadline.set(timeoutMs);
    // A thenable of somebody else's make is not to be trusted; a promise of its own settles once.
    Promise.resolve(step).then(
      () => {
        deadline.dispose();
        resolve();
      },
      (error: unknown) => {
        deadline.dispose();
        reject(error);
      },
    );
  });
}

function hookTimedOut(name: string, timeoutMs: number): ProxyError {
  const message = `filter ${name} did not end within ${timeoutMs / 1000} s (--filter-timeout)`;
  return new ProxyError({ code: 'filter-timeout', status: 504, source: 'internal', message, filter: name });
}
