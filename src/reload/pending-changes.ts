import type { SourceChange, SourceFault, SourceFile } from '../sources/index.ts';

/** Changes of several moments as one. */
export interface MergedChange {
  readonly put: SourceFile[];
  readonly remove: string[];
  readonly faults: readonly SourceFault[];
}

/** What a change concerns: route files, drop-ins, or files that drop-ins import from outside of their folders. */
export type ChangeKind = 'routes' | 'dropIns' | 'outside';

/** Changes of one kind, merged as they come. */
class MergedChanges {
  /** Null for a file that is gone. */
  readonly #texts = new Map<string, string | null>();
  /** By who told of them. */
  readonly #faults = new Map<unknown, readonly SourceFault[]>();

  add({ put, remove, faults }: SourceChange, from: unknown): void {
    for (const name of remove) this.#texts.set(name, null);
    for (const { name, text } of put) this.#texts.set(name, text);
    this.#faults.set(from, faults);
  }

  drain(): MergedChange {
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
export class PendingChanges {
  readonly #waiting = { routes: new MergedChanges(), dropIns: new MergedChanges(), outside: new MergedChanges() };
  #sinceMs: number | null = null;

  get isEmpty(): boolean {
    return this.#sinceMs === null;
  }

  /** `from` is whose change it is. */
  add(kind: ChangeKind, change: SourceChange, from: unknown): void {
    this.#sinceMs ??= performance.now();
    this.#waiting[kind].add(change, from);
  }

  /** Has a load made although no file changed. */
  requestLoad(): void {
    this.#sinceMs ??= performance.now();
  }

  /** Takes all; `sinceMs` is when the first one came, by performance.now. */
  drain(): Record<ChangeKind, MergedChange> & { readonly sinceMs: number } {
    const sinceMs = this.#sinceMs ?? performance.now();
    this.#sinceMs = null;
    const { routes, dropIns, outside } = this.#waiting;
    return { routes: routes.drain(), dropIns: dropIns.drain(), outside: outside.drain(), sinceMs };
  }
}
