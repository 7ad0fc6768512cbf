import type { Deliver, Source } from './source.ts';

/** The name of routes given as text. */
export const INLINE_ROUTES = 'inline-routes';

/** Routes given as text when the process starts; they never change. */
export class InlineRoutes implements Source {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  async start(deliver: Deliver): Promise<void> {
    deliver({ put: [{ name: INLINE_ROUTES, text: this.#text }], remove: [], faults: [] });
  }

  async close(): Promise<void> {}
}
