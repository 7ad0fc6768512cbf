import { editDistance } from '../../grammar/index.ts';
import type { Request } from '../http/index.ts';
import { type CallRecord, isPath, type RouteRecord } from '../routes/index.ts';

/** A route that a request nearly leads to, and what keeps it from it. */
export interface NearMiss {
  readonly id: string;
  readonly why: string;
}

/** How many are told at most. */
const MOST = 5;

/** The routes whose paths are nearly the request's, the nearest first. */
export function nearMisses(routes: Iterable<RouteRecord>, request: Request): NearMiss[] {
  const path = request.matchPath;
  const found: (NearMiss & { distance: number })[] = [];
  for (const { id, predicates } of routes) {
    const call = predicates.find(([name]) => isPath(name));
    const near = call === undefined ? null : nearness(call, path);
    if (near !== null) found.push({ id, ...near });
  }
  return found.sort((a, b) => a.distance - b.distance).slice(0, MOST);
}

function nearness([name, arg]: CallRecord, path: string): { why: string; distance: number } | null {
  const pattern = String(arg);
  const shown = `${name}(${JSON.stringify(pattern)})`;
  if (matches(pattern, path)) return null;
  if (matches(pattern, path.replace(/\/$/, '')) || matches(pattern, `${path}/`))
    return { why: `${shown} is the same but for the slash at the end`, distance: 0 };
  if (matches(pattern.toLowerCase(), path.toLowerCase()))
    return { why: `${shown} differs in case only`, distance: 0.5 };
  const most = Math.floor(path.length / 4);
  const distance = segmentDistance(pattern, path);
  if (distance > 0 && distance <= most) return { why: `${shown} is like it`, distance };
  const isBelow = name === 'Path' && !/[:*]/.test(pattern) && pattern.length > 1 && path.startsWith(`${pattern}/`);
  return isBelow ? { why: `${shown} takes only this path; PathSubtree takes what is below it`, distance: most } : null;
}

/** Whether a path is like a pattern, whose wildcards take a segment each, the last one with "*" all that follows. */
function matches(pattern: string, path: string): boolean {
  return segmentDistance(pattern, path) === 0;
}

/** How many characters of the segments that are no wildcards differ; Infinity with another number of segments. */
function segmentDistance(pattern: string, path: string): number {
  const wanted = pattern.split('/');
  const given = path.split('/');
  const isOpen = wanted.at(-1)?.startsWith('*') === true;
  if (isOpen ? given.length < wanted.length : given.length !== wanted.length) return Number.POSITIVE_INFINITY;
  let distance = 0;
  for (const [at, segment] of wanted.entries()) {
    if (/^[:*]/.test(segment)) distance += given[at] === '' ? 1 : 0;
    else distance += editDistance(segment, given[at] as string);
  }
  return distance;
}
