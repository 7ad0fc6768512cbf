import { createHook } from 'node:async_hooks';

/** The timers set by our own code and not yet cleared or fired, with who set them; those that hold no process count too. */
export class LiveTimers {
  readonly #live = new Map<number, string>();
  readonly #hook = createHook({
    init: (id, type) => {
      if (type !== 'Timeout') return;
      const { stack = '' } = new Error('set here');
      const [ours] = stack.match(/\/(?:filters|src)\/[^)\n]*/) ?? [];
      // AbortSignal.timeout ends by itself, and cannot be ended before.
      if (ours !== undefined && !/ AbortSignal\.timeout /.test(stack)) this.#live.set(id, ours);
    },
    destroy: (id) => void this.#live.delete(id),
  });

  constructor() {
    this.#hook.enable();
  }

  /** Who set the timers that are live now. */
  get setters(): string[] {
    return [...this.#live.values()];
  }

  close(): void {
    this.#hook.disable();
  }
}
