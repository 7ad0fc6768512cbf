import type { Request } from '../http/index.ts';
import type { Arg, ArgValues } from './arg.ts';
import type { Advising } from './check.ts';
import type { Example } from './example.ts';

/**
 * What the table may find a route by, without asking its predicate: a request that does not satisfy the hint never
 * matches. Several routes with hints of one kind cost one lookup together.
 */
export type IndexHint =
  /** Path pattern for the trie: `/a/:x`, `/a/*rest`; with `subtree` everything below it too. The trie decides alone. */
  | { readonly kind: 'path'; readonly pattern: string; readonly subtree: boolean }
  /** The decoded path begins with this literal. */
  | { readonly kind: 'path-prefix'; readonly prefix: string }
  /** The host, up to its first colon (where a port begins), is one of these, up to theirs; byte for byte. */
  | { readonly kind: 'host'; readonly hosts: readonly string[] }
  /** The host, up to its port, ends in this literal, such as ".example.org". */
  | { readonly kind: 'host-suffix'; readonly suffix: string }
  /** One of the header's values is this literal. */
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  /** The method is one of these. */
  | { readonly kind: 'method'; readonly methods: readonly string[] };

/** One instance of a predicate in one route. Synchronous and pure. */
export interface Predicate {
  match(request: Request): boolean;
  readonly index?: IndexHint;
  /** What it adds to the rank of its route; default 1. */
  readonly weight?: number;
  /** Whether it draws lots anew each time it is asked. Where only the possible routes count, it is not asked. Default false. */
  readonly drawsLots?: boolean;
  /** Whether its route is asked before all routes without such a predicate, whatever their paths. Default false. */
  readonly isFirst?: boolean;
  close?(): void;
}

/** What predicates may need besides the arguments. */
export interface PredicateEnv {
  /** Says whether the process was asked to stop and is draining. */
  draining(): boolean;
  /** The clock, in ms since the epoch. Default Date.now; tests give their own. */
  now?(): number;
}

/** A factory of predicates. */
export interface PredicateSpec<A extends readonly Arg<unknown>[] = readonly Arg<unknown>[]> extends Advising<A> {
  /** Tells a drop-in's predicates from its filters; set by `definePredicate`. */
  readonly kind?: 'predicate';
  readonly name: string;
  /** One sentence: when it matches. */
  readonly summary: string;
  readonly details?: string;
  readonly examples: readonly Example[];
  readonly source?: string;
  readonly aliases?: readonly string[];
  readonly overrides?: boolean;
  /** @throws ArgError on bad arguments. */
  create(args: ArgValues<A>, env: PredicateEnv): Predicate;
}

/** Declares a predicate. */
export function definePredicate<const A extends readonly Arg<unknown>[]>(spec: PredicateSpec<A>): PredicateSpec<A> {
  return { ...spec, kind: 'predicate' };
}
