import type { Deliver, Source } from './source.ts';

/** The name of routes given as text. */
export const INLINE_ROUTES = 'inline-routes';

/** Routes given as text when the process starts; they never change. */
export class InlineRoutes implements Source {
  readonly #text: string;
  readonly #name: string;

  /** `name` is what findings call them. */
  constructor(text: string, name = 'inline-routes') {
    this.#text = text;
    this.#name = name;
  }

  async start(deliver: Deliver): Promise<void> {
    deliver({ put: [{ name: this.#name, text: this.#text }], remove: [], faults: [] });
  }

  async close(): Promise<void> {}
}
