import { cookieValue, queryValue, type Request } from '../http/index.ts';
import type { Reloader } from '../reload/index.ts';
import type { CallRecord } from '../routes/index.ts';
import type { Candidacy, Explanation } from '../routing/index.ts';
import { type NearMiss, nearMisses } from './near-misses.ts';
import type { Style } from './style.ts';

/** What a lookup did, for people: the route, or why there is none. */
export function explanation(
  request: Request,
  { match, candidates }: Explanation<null>,
  loaded: Reloader,
  style: Style,
): string {
  const asked = `${request.method} ${request.scheme}://${request.host}${request.target}`;
  const params = Object.entries(match?.params ?? {}).map(([name, value]) => `\${${name}} = ${JSON.stringify(value)}`);
  const outcome =
    match === null
      ? style.error('no route matches')
      : `${style.good(match.route.id)} ${style.dim(`(${loaded.placeOf(match.route.id)})`)}`;
  const lines = [`${style.bold(asked)}`, `leads to: ${outcome}`, ...params.map((text) => `  ${text}`)];
  if (candidates.length > 0) {
    const table = candidates.map(
      (each) => [each.routeId, loaded.placeOf(each.routeId), reason(each, request)] as const,
    );
    lines.push('', 'asked in this order:', ...aligned(table, style));
  }
  const near = match === null ? missesBeside(candidates, nearMisses(recordsOf(loaded), request)) : [];
  if (near.length > 0) {
    const table = near.map(({ id, why }) => [id, loaded.placeOf(id), why] as const);
    lines.push('', `not asked, since their paths do not match ${JSON.stringify(request.matchPath)}; the nearest are:`);
    lines.push(...aligned(table, style));
  }
  if (match === null && candidates.length + near.length === 0) {
    const count = loaded.routeCount === 0 ? 'there are no routes' : 'none of the paths is like it';
    lines.push('', `nothing was asked: ${count}`);
  }
  return `${lines.join('\n')}\n`;
}

function* recordsOf(loaded: Reloader) {
  for (const { record } of loaded.routes()) yield record;
}

function missesBeside(candidates: readonly Candidacy[], near: readonly NearMiss[]): NearMiss[] {
  const asked = new Set(candidates.map(({ routeId }) => routeId));
  return near.filter(({ id }) => !asked.has(id));
}

function aligned(rows: readonly (readonly [id: string, place: string, why: string])[], style: Style): string[] {
  const [ids, places] = [0, 1].map((at) => Math.max(...rows.map((row) => (row[at] as string).length))) as [
    number,
    number,
  ];
  return rows.map(([id, place, why]) => `  ${id.padEnd(ids)}  ${style.dim(place.padEnd(places))}  ${why}`);
}

function reason({ refusedBy }: Candidacy, request: Request): string {
  if (refusedBy === null) return 'matches';
  const [name, ...args] = refusedBy;
  const call = `${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`;
  const found = foundBy(refusedBy, request);
  return `no: ${call}${found === null ? '' : `, but ${found}`}`;
}

/** What a predicate found in the request, in words; null for one that looks elsewhere. */
function foundBy([name, first]: CallRecord, request: Request): string | null {
  const key = String(first);
  const shown = (what: string, value: string | null): string =>
    value === null ? `there is no ${what}` : `${what} is ${JSON.stringify(value)}`;
  switch (name) {
    case 'Method':
    case 'Methods':
      return shown('the method', request.method);
    case 'Host':
    case 'HostAny':
      return shown('the host', request.host);
    case 'PathRegexp':
      return shown('the path', request.matchPath);
    case 'Header':
    case 'HeaderRegexp':
      return shown(`header ${key}`, request.headers.get(key));
    case 'QueryParam':
      return shown(`query parameter ${key}`, queryValue(request.query, key));
    case 'Cookie':
      return shown(`cookie ${key}`, cookieValue(request.headers, key));
    case 'Source':
    case 'SourceFromLast':
    case 'ClientIP':
      return shown('the client', request.clientAddress);
    case 'Traffic':
    case 'TrafficSegment':
      return 'chance had it otherwise this time';
    default:
      return null;
  }
}
