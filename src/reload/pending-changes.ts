import type { SourceChange, SourceFault, SourceFile } from '../sources/index.ts';

/** Changes of several moments as one. */
interface MergedChange {
  readonly put: SourceFile[];
  readonly remove: string[];
  readonly faults: readonly SourceFault[];
}

class Merging {
  /** Null for a file that is gone. */
  readonly #texts = new Map<string, string | null>();
  /** By who told of them. */
  readonly #faults = new Map<unknown, readonly SourceFault[]>();

  add({ put, remove, faults }: SourceChange, from: unknown): void {
    for (const name of remove) this.#texts.set(name, null);
    for (const { name, text } of put) this.#texts.set(name, text);
    this.#faults.set(from, faults);
  }

  take(): MergedChange {
    const put: SourceFile[] = [];
    const remove: string[] = [];
    for (const [name, text] of this.#texts) {
      if (text === null) remove.push(name);
      else put.push({ name, text });
    }
    this.#texts.clear();
    return { put, remove, faults: [...this.#faults.values()].flat() };
  }
}

/** Changes that wait for the load under way to end; all of them make the next one. */
export class Queue {
  readonly #waiting = { routes: new Merging(), 'drop-in': new Merging(), outside: new Merging() };
  #sinceMs: number | null = null;

  get empty(): boolean {
    return this.#sinceMs === null;
  }

  /** `from` is whose change it is. */
  add(kind: 'routes' | 'drop-in' | 'outside', change: SourceChange, from: unknown): void {
    this.#sinceMs ??= performance.now();
    this.#waiting[kind].add(change, from);
  }

  /** Has a load made although no file changed. */
  poke(): void {
    this.#sinceMs ??= performance.now();
  }

  /** Takes all; `sinceMs` is when the first one came, by performance.now. */
  take(): { routes: MergedChange; dropIns: MergedChange; outside: MergedChange; sinceMs: number } {
    const sinceMs = this.#sinceMs ?? performance.now();
    this.#sinceMs = null;
    const { routes, outside, 'drop-in': dropIns } = this.#waiting;
    return { routes: routes.take(), dropIns: dropIns.take(), outside: outside.take(), sinceMs };
  }
}
