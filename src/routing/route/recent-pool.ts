/** How many entries a pool holds at least before it forgets any. */
const GENERATION_SIZE = 4096;

/** A bounded map that forgets what was not asked for lately: at least the last 4096 keys are kept, at most twice that. */
export class RecentPool<T> {
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  get(key: string): T | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: T): void {
    if (this.#young.size >= GENERATION_SIZE) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
