import { cleanPath } from './path.ts';

/** Says that a text is no path pattern; the message tells why. */
export class PathPatternError extends Error {
  override readonly name = 'PathPatternError';
}

/** Of one wildcard: its name and the number of the path segment it takes, from 0. */
interface Wildcard {
  readonly name: string;
  readonly segment: number;
}

/**
 * A path pattern, parsed once: `/a/:x`, `/a/*rest`, or a subtree. Patterns are cleaned like request paths, but not
 * percent-decoded. Source: Skipper, Path and PathSubtree.
 */
export interface PathPattern {
  /**
   * The path with the names taken out: a segment ":" stands for any one segment, a last segment "**" for all that
   * follows. Patterns of one shape share their place in the trie, whatever their names. Of a subtree, its top ("" = all).
   */
  readonly shape: string;
  readonly subtree: boolean;
  readonly wildcards: readonly Wildcard[];
  /** Name of the parameter that takes the remainder, with its leading slash; null when there is none. */
  readonly rest: string | null;
}

const NO_WILDCARDS: readonly Wildcard[] = [];
const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});

/** The last segment of a shape that takes whatever follows. */
export const CATCH_ALL = '/**';

/** What makes a segment, or a part of one, a wildcard. */
const WILDCARD = /[:*]/;

/** More segments than a path has that any server accepts; bounds how deep a search goes. */
const MAX_SEGMENTS = 1000;

/**
 * A pattern in its clean form: one leading slash, "." and ".." resolved. The empty pattern stays empty: it stands for no path
 * at all. Source: Skipper, pathmux.
 * @throws PathPatternError when it is too long, or a wildcard stands where it would never match
 */
export function cleanPathPattern(text: string): string {
  if (text === '') return '';
  const pattern = cleanPath(text);
  const segments = pattern.slice(1).split('/');
  if (segments.length > MAX_SEGMENTS) throw new PathPatternError(`a path has at most ${MAX_SEGMENTS} segments`);
  if (!WILDCARD.test(pattern)) return pattern;
  for (const [at, segment] of segments.entries()) {
    const first = segment.charAt(0);
    if (first === '*' && at < segments.length - 1)
      throw new PathPatternError(
        `expected "${segment}" to be the last segment of "${text}": it takes all that follows`,
      );
    if (first !== '*' && first !== ':' && WILDCARD.test(segment))
      throw new PathPatternError(`expected a wildcard to fill its segment, found "${segment}" in "${text}"`);
  }
  return pattern;
}

/** Parses a pattern; null when it is empty, which means: no path at all. @throws PathPatternError. */
export function parsePathPattern(pattern: string, subtree: boolean): PathPattern | null {
  if (pattern === '') return null;
  const path = cleanPathPattern(pattern);
  const segments = path.split('/').slice(1);
  if (!WILDCARD.test(path))
    return { shape: topOf(path, subtree), subtree, wildcards: NO_WILDCARDS, rest: subtree ? '*' : null };
  const wildcards: Wildcard[] = [];
  let rest = subtree ? '*' : null;
  const shape = segments.map((text, segment) => {
    const first = text.charAt(0);
    if (first === ':') {
      if (text.length > 1) wildcards.push({ name: text.slice(1), segment });
      return ':';
    }
    if (first === '*') {
      rest = text.slice(1) || '*';
      return '**';
    }
    return text;
  });
  return { shape: topOf(`/${shape.join('/')}`, subtree), subtree, wildcards, rest };
}

/** The places of the trie where a route with this pattern stands, as shapes. */
export function pathKeysOf(pattern: PathPattern, ignoreTrailingSlash: boolean): string[] {
  const { shape, subtree } = pattern;
  if (!subtree) return [ignoreTrailingSlash ? trimTrailingSlash(shape) : shape];
  if (shape === '') return ['/', CATCH_ALL];
  return ignoreTrailingSlash ? [shape, shape + CATCH_ALL] : [shape, `${shape}/`, shape + CATCH_ALL];
}

/** The path without one trailing slash; "/" stays. */
export function trimTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/**
 * The parameters that `path`, which matches the pattern, gives. Of equal names the first segment counts, and
 * the remainder above all; that begins with a slash, and is "/" at the top of a subtree.
 */
export function pathParams(pattern: PathPattern | null, path: string): Readonly<Record<string, string>> {
  if (pattern === null || (pattern.rest === null && pattern.wildcards.length === 0)) return NO_PARAMS;
  const params: Record<string, string> = {};
  const segments = path.split('/');
  for (const { name, segment } of pattern.wildcards) {
    if (!Object.hasOwn(params, name)) params[name] = segments[segment + 1] ?? '';
  }
  if (pattern.rest !== null) params[pattern.rest] = `/${segments.slice(depthOf(pattern) + 1).join('/')}`;
  return params;
}

/** How many segments come before the remainder. */
function depthOf(pattern: PathPattern): number {
  const top = pattern.subtree ? pattern.shape : pattern.shape.slice(0, -CATCH_ALL.length);
  return top.split('/').length - 1;
}

/** The top of a subtree pattern: without catch-all and trailing slash; other shapes stay as they are. */
function topOf(shape: string, subtree: boolean): string {
  if (!subtree) return shape;
  const top = shape.endsWith(CATCH_ALL) ? shape.slice(0, -CATCH_ALL.length) : shape;
  return top.endsWith('/') ? top.slice(0, -1) : top;
}
