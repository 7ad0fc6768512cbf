import type { Deliver, Source } from './source.ts';

/** Routes given as text when the process starts; they never change. */
export class InlineRoutes implements Source {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  async start(deliver: Deliver): Promise<void> {
    deliver({ put: [{ name: 'inline-routes', text: this.#text }], remove: [], faults: [] });
  }

  async close(): Promise<void> {}
}
