/** Lets one after the other, in the order in which they ask. */
export class Mutex {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when it is the caller's turn, to what releases it. */
  async acquire(): Promise<() => void> {
    let release = (): void => undefined;
    const before = this.#last;
    this.#last = new Promise((resolve) => (release = resolve));
    await before;
    return release;
  }
}
