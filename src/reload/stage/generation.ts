import type { DropInCode } from '../../drop-ins/index.ts';
import type { ProvisionFault, Registry, RouteRecord } from '../../routes/index.ts';

/** How many routes a slice holds at most: so few that a data thread is done with it before a request notices. */
const SLICE_ROUTES = 64;

/** A part of a change of the routing table, as it travels in JSON. */
export interface TableSlice {
  readonly remove: readonly string[];
  /** Routes that stay what they are at another place. */
  readonly move: readonly { readonly id: string; readonly order: number }[];
  readonly put: readonly RouteRecord[];
}

/** What leads from one generation to the next, or for a new thread from nothing to the current one. */
export interface GenerationChange {
  /** Its number, above all before it. */
  readonly number: number;
  readonly dropIns: { readonly put: readonly DropInCode[]; readonly remove: readonly string[] };
  /** The names of its routes, for a stage in this thread; those of drop-ins stand for code that does not run here. */
  readonly names?: Registry;
  /** Whether its drop-ins keep a thread busy for so long that no thread that serves should import them. */
  readonly isHeavy?: boolean;
  /** The change of routes as JSON texts of slices, made while they are taken; each call begins anew. */
  slices(): Iterable<string>;
}

/** Why a data thread cannot take a change: a route that cannot be made, a drop-in that cannot be imported, or the whole. */
export type StageFault =
  | { readonly kind: 'route'; readonly message: string; readonly fault: ProvisionFault }
  | { readonly kind: 'drop-in'; readonly name: string; readonly message: string }
  | { readonly kind: 'whole'; readonly message: string };

/** Where generations go: the data threads, all at once. Calls do not overlap. */
export interface Stage {
  /** Has the change made everywhere without anyone seeing it. Resolves to what stands in its way, if anything. */
  prepare(change: GenerationChange): Promise<readonly StageFault[]>;
  /** Makes what was prepared the current generation everywhere; resolves when it is. */
  commit(): Promise<void>;
  /** Has what was prepared forgotten. */
  abort(): Promise<void>;
}

/** A change of the table, piece by piece; each is JSON. */
export interface TableChangeJson {
  readonly remove: Iterable<string>;
  readonly move: Iterable<string>;
  readonly put: Iterable<string>;
}

/** Cuts a change into slices, as JSON texts: first what is quick. */
export function* slicesOf(change: TableChangeJson): Generator<string> {
  const none = { remove: '', move: '', put: '' };
  for (const kind of ['remove', 'move', 'put'] as const) {
    for (const piece of pieces(change[kind])) yield sliceJson({ ...none, [kind]: piece });
  }
}

function* pieces(items: Iterable<string>): Generator<string> {
  let piece: string[] = [];
  for (const item of items) {
    piece.push(item);
    if (piece.length < SLICE_ROUTES) continue;
    yield piece.join(',');
    piece = [];
  }
  if (piece.length > 0) yield piece.join(',');
}

function sliceJson({ remove, move, put }: Record<keyof TableChangeJson, string>): string {
  return `{"remove":[${remove}],"move":[${move}],"put":[${put}]}`;
}
