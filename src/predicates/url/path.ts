import { cleanPathPattern } from '../../http/index.ts';
import { arg, definePredicate, literalFacts, type Predicate, type Regexp } from '../../plugin/index.ts';
import { pathAdvice } from '../lib/advice.ts';

const pattern = arg.advised(
  arg.custom('pattern', 'path pattern', (value) => {
    if (typeof value !== 'string') throw new Error(`expected a path such as "/users/:id", found the number ${value}`);
    return cleanPathPattern(value);
  }),
  pathAdvice,
);

/** The trie alone decides about paths, and they add nothing to the rank. Source: Skipper. */
function inTrie(path: string, subtree: boolean): Predicate {
  if (path === '') return { match: () => true, weight: 0 };
  return { match: () => true, weight: 0, index: { kind: 'path', pattern: path, subtree } };
}

/** Matches the whole path. */
export const path = definePredicate({
  name: 'Path',
  summary: 'Matches when the path is like the pattern, from its first segment to its last.',
  details: [
    'A segment ":name" stands for one segment that is not empty, "*name" or "**" at the end for one or more; what they',
    'stood for becomes the path parameter "name" (with a leading slash where it is the rest of the path). The pattern is',
    'compared with the decoded path, double slashes collapsed and "." and ".." resolved; what is forwarded stays as it',
    'came, and is refused where a server may read it so that another route is for it (--path-normalization). A trailing slash counts. Of two patterns that match, the one with the more exact first difference wins: literal',
    'before ":name" before "*name". The empty pattern is no condition. A route has one Path or PathSubtree.',
    'Skipper loads wildcards in mid-segment, such as "/a:b", though they never match; here they are refused.',
  ].join(' '),
  args: [pattern],
  source: 'Skipper',
  examples: [
    {
      title: 'A parameter',
      route: 'Path("/users/:id") -> setResponseHeader("X-User", "${id}") -> status(200) -> <shunt>',
      request: { target: '/users/42' },
      response: { status: 200, headers: { 'X-User': '42' } },
    },
    {
      title: 'The rest of the path, from its slash',
      route: 'Path("/files/*name") -> setResponseHeader("X-Name", "${name}") -> status(200) -> <shunt>',
      request: { target: '/files/a/b.txt' },
      response: { status: 200, headers: { 'X-Name': '/a/b.txt' } },
    },
    {
      title: 'A trailing slash makes another path',
      route: 'Path("/users") -> status(200) -> <shunt>',
      request: { target: '/users/' },
      response: { status: 404 },
    },
  ],
  create: ([value]) => inTrie(value, false),
});

/** Matches a path and all below it. */
export const pathSubtree = definePredicate({
  name: 'PathSubtree',
  summary: 'Matches the path of the pattern and every path below it.',
  details: [
    'As Path; what follows the pattern becomes the path parameter "*", or "name" when the pattern ends in "/*name":',
    '"/" for the path itself, else with its leading slash.',
  ].join(' '),
  args: [pattern],
  source: 'Skipper',
  examples: [
    {
      route: 'PathSubtree("/api/*rest") -> setPath("/v2${rest}") -> "http://origin.example"',
      request: { target: '/api/users/42?full' },
      upstream: { target: '/v2/users/42?full' },
      response: { status: 200 },
    },
    {
      title: 'Whole segments only',
      route: 'PathSubtree("/api") -> status(200) -> <shunt>',
      request: { target: '/apis' },
      response: { status: 404 },
    },
  ],
  create: ([value]) => inTrie(value, true),
});

/** What every path begins with that the expression matches; empty where nothing is known. */
function literalPrefix(regexp: Regexp): string {
  const { prefixes = [''], caseInsensitive } = literalFacts(regexp.source);
  return caseInsensitive ? '' : prefixes.reduce(commonPrefix);
}

function commonPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}

/** Matches the path against a regular expression. */
export const pathRegexp = definePredicate({
  name: 'PathRegexp',
  summary: 'Matches when the regular expression is found in the path.',
  details: [
    'The path is decoded, double slashes collapsed, "." and ".." resolved. The expression is not anchored: write "^" and',
    '"$" where you mean them. One that begins with "^" and a literal costs less in a large table. May stand several times.',
  ].join(' '),
  args: [arg.regexp('expression')],
  source: 'Skipper',
  examples: [
    {
      route: 'PathRegexp(/[.]png$/) -> status(200) -> <shunt>',
      request: { target: '/img/logo.png' },
      response: { status: 200 },
    },
    {
      route: 'PathRegexp(/^[/]v[0-9]+[/]/) -> status(200) -> <shunt>',
      request: { target: '/vx/users' },
      response: { status: 404 },
    },
  ],
  create: ([expression]) => {
    const prefix = literalPrefix(expression);
    return {
      match: (request) => expression.test(request.matchPath),
      ...(prefix === '' ? {} : { index: { kind: 'path-prefix', prefix } as const }),
    };
  },
});
