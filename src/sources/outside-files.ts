import type { Deliver } from './source.ts';
import { WatchedFiles } from './watched-files.ts';

/** Watches files that are found out one by one: those that drop-ins import from outside of their folders. */
export class OutsideFiles {
  readonly #deliver: Deliver;
  #paths = '';
  #watched: WatchedFiles | null = null;

  /** `deliver` is told what the files say when they begin to be watched, and each change. */
  constructor(deliver: Deliver) {
    this.#deliver = deliver;
  }

  /** Watches these files, and no others, from now on; they may be missing. */
  watch(paths: readonly string[]): void {
    const key = paths.join('\n');
    if (key === this.#paths) return;
    this.#paths = key;
    void this.#watched?.close();
    this.#watched = paths.length === 0 ? null : new WatchedFiles({ paths, accept: () => false, deep: false });
    void this.#watched?.start(this.#deliver);
  }

  async close(): Promise<void> {
    await this.#watched?.close();
  }
}
