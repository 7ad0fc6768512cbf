import type { IndexHint, Predicate } from '../../plugin/index.ts';

/** A hint by which candidates are told apart without asking their predicates. */
export type CandidateHint = Extract<IndexHint, { kind: 'host' | 'host-suffix' | 'header' | 'path-prefix' }>;

/** The longest part of a path prefix that is used as a key. */
const MAX_PREFIX_LENGTH = 64;

const NO_HINTS: readonly CandidateHint[] = [];

/** Most selective first. */
const SELECTIVITY: Readonly<Record<CandidateHint['kind'], number>> = {
  host: 0,
  header: 1,
  'host-suffix': 2,
  'path-prefix': 3,
};

/** The hints of a route's predicates that serve as keys, the most selective first. */
export function candidateHints(predicates: readonly Predicate[]): readonly CandidateHint[] {
  let hints: CandidateHint[] | null = null;
  for (const { index } of predicates) {
    if (index === undefined || !isCandidateHint(index)) continue;
    hints ??= [];
    hints.push(index);
  }
  return hints?.sort((a, b) => SELECTIVITY[a.kind] - SELECTIVITY[b.kind]) ?? NO_HINTS;
}

function isCandidateHint(hint: IndexHint): hint is CandidateHint {
  switch (hint.kind) {
    case 'host':
    case 'header':
      return true;
    case 'host-suffix':
      return suffixKey(hint.suffix) !== null;
    case 'path-prefix':
      // Every path begins with a slash: that alone tells nothing.
      return hint.prefix.length > 1;
    default:
      return false;
  }
}

/**
 * The key of a host: what stands before its first colon. So routes that name a host with a port, without one, or with
 * any port share a bucket, and their predicates decide.
 */
export function hostKey(host: string): string {
  const colon = host.indexOf(':');
  return colon < 0 ? host : host.slice(0, colon);
}

/** The whole labels at the end of a host suffix: "example.org" of ".example.org", "org" of "ple.org"; null: none. */
export function suffixKey(suffix: string): string | null {
  const name = withoutPort(suffix);
  const dot = name.indexOf('.');
  return dot < 0 ? null : name.slice(dot + 1);
}

/** A host, or the end of one, without a port at its end. */
export function withoutPort(host: string): string {
  const colon = host.lastIndexOf(':');
  if (colon < 0) return host;
  for (let at = colon + 1; at < host.length; at++) {
    const char = host.charCodeAt(at);
    if (char < 48 || char > 57) return host;
  }
  return host.slice(0, colon);
}

/** The key of a path prefix. */
export function prefixKey(prefix: string): string {
  return prefix.slice(0, MAX_PREFIX_LENGTH);
}

/** How many dots stand in `text`. */
export function countDots(text: string): number {
  let dots = 0;
  for (let at = text.indexOf('.'); at >= 0; at = text.indexOf('.', at + 1)) dots++;
  return dots;
}
