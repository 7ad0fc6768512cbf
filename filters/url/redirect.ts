import {
  arg,
  decodePath,
  defineFilter,
  encodePath,
  escapeOctets,
  type Filter,
  type FilterContext,
  isAuthority,
  Template,
} from '../../src/plugin/index.ts';

/** A location with holes: what is null is taken from the request. */
interface Location {
  readonly scheme: string | null;
  /** Of an authority what ends in a literal, or its first placeholder. */
  readonly host: Template | null;
  /** The placeholders right behind the host: what they give from the first "/" on begins the path. */
  readonly behindHost: Template | null;
  readonly path: Template | null;
  readonly query: Template | null;
  readonly fragment: Template | null;
}

/** RFC 3986, Appendix B, with placeholders in any part but the scheme. */
const REFERENCE =
  /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/((?:\$\{[^{}]+\}|[^/?#])*))?((?:\$\{[^{}]+\}|[^?#])*)(?:\?((?:\$\{[^{}]+\}|[^#])*))?(?:#(.*))?$/s;
/** An authority that ends in placeholders. */
const ENDS_IN_HOLES = /^(.*[^}]|\$\{[^{}]+\})((?:\$\{[^{}]+\})+)$/s;
const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
/** A placeholder, or what may not stand in a URI; "%" may, since a location is written with its escapes. */
const HOLE_OR_UNSAFE = /(\$\{[^{}]+\})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]+/gu;

function parseLocation(text: string): Location {
  if (BROKEN_ESCAPE.test(text))
    throw new Error(`expected two hexadecimal digits behind "%" in ${JSON.stringify(text)}`);
  const [, scheme, authority, path = '', query, fragment] = REFERENCE.exec(text) as RegExpExecArray;
  if (scheme !== undefined && authority === undefined && /^[^/]/.test(path))
    throw new Error(`expected "//" behind "${scheme}:", found ${JSON.stringify(text)}`);
  if (authority !== undefined && authority !== '' && !authority.includes('${') && !isAuthority(authority))
    throw new Error(`expected a host, with or without port, found ${JSON.stringify(authority)}`);
  return {
    scheme: scheme ?? null,
    ...hostParts(authority ?? ''),
    path: uriTemplate(path === '' || path.startsWith('/') || path.startsWith('${') ? path : `/${path}`),
    query: uriTemplate(query),
    fragment: uriTemplate(fragment),
  };
}

function hostParts(authority: string): Pick<Location, 'host' | 'behindHost'> {
  const [, host = authority, behind] = ENDS_IN_HOLES.exec(authority) ?? [];
  return {
    host: host === '' ? null : new Template(host),
    behindHost: behind === undefined ? null : new Template(behind),
  };
}

function uriTemplate(part: string | undefined): Template | null {
  if (part === undefined || part === '') return null;
  return new Template(part.replace(HOLE_OR_UNSAFE, (run, hole?: string) => hole ?? escapeOctets(run)));
}

/** Lower case that leaves each encoded slash encoded. */
function lowerPath(path: string): string {
  if (!path.includes('%')) return path.toLowerCase();
  return path
    .split('/')
    .map((segment) => encodePath(decodePath(segment).toLowerCase()).replaceAll('/', '%2F'))
    .join('/');
}

/** The authority, and what of the path the placeholders behind it gave. Without one, or with none that is any, the Host. */
function authorityOf({ host, behindHost }: Location, ctx: FilterContext): { authority: string; begun: string } {
  const behind = behindHost?.fill(ctx) ?? '';
  const slash = behind.indexOf('/');
  const authority = (host?.fill(ctx) ?? '') + (slash < 0 ? behind : behind.slice(0, slash));
  // A filter to the left may have changed the Host.
  if (!isAuthority(authority)) return { authority: ctx.upstream.host ?? ctx.request.host, begun: '' };
  return { authority, begun: slash < 0 ? '' : encodePath(behind.slice(slash)) };
}

function pathOf({ path }: Location, ctx: FilterContext, begun: string): string {
  if (path === null) return begun === '' ? ctx.request.path : begun;
  const filled = begun + path.fill(ctx, 'request', encodePath);
  return filled.startsWith('/') ? filled : `/${filled}`;
}

function locationHeader(to: Location, ctx: FilterContext, changePath: (path: string) => string): string {
  const query = to.query === null ? ctx.request.query : to.query.fillQuery(ctx);
  const { authority, begun } = authorityOf(to, ctx);
  const path = changePath(pathOf(to, ctx, begun));
  let header = authority === '' ? relative(path) : `${to.scheme ?? 'https'}://${authority}${path}`;
  if (query !== null && query !== '') header += `?${query}`;
  if (to.fragment !== null) header += `#${to.fragment.fill(ctx, 'request', encodePath)}`;
  return header;
}

/** HTTP/1.0 may name no host: the reference is a path then, and "//" at its beginning no host. Source: WHATWG URL §4.5. */
function relative(path: string): string {
  return path[1] === '/' || path[1] === '\\' ? `/.${path}` : path;
}

const code = arg.int('code', { min: 300, max: 399 });
const location = arg.optional(
  arg.custom('location', 'template', (value) => parseLocation(arg.line('location').read(value) as string), {
    doc: 'default: what the request asked for, on https',
  }),
);
const NOTHING_GIVEN = parseLocation('');

function redirect(status: number, to: Location, changePath: (path: string) => string): Filter {
  return {
    request(ctx) {
      ctx.serve({ status, headers: { Location: locationHeader(to, ctx, changePath) } });
    },
  };
}

const HOLES = [
  'What the location leaves out is taken from the request as it is at this place in the chain: the Host, the path byte',
  'for byte, the query. A missing scheme is https, as in Skipper, whatever the client used, since TLS often ends in front',
  'of the proxy; write "http:" for plain HTTP. The location is written with its escapes. Placeholders are filled (not so',
  'in Skipper), their values encoded: one in the path or the query never leads to another host. A raw query stays raw, and',
  'what a placeholder right behind the host gives from its first "/" on begins the path: "https://new.example.org${rest}".',
].join(' ');

/** Answers with a redirect. */
export const redirectTo = defineFilter({
  name: 'redirectTo',
  summary: 'Answers with a redirect to the location; the backend is not asked.',
  details: `${HOLES} The old name redirect does the same; Skipper's asks the backend first and throws its answer away.`,
  args: [code, location],
  source: 'Skipper; RFC 9110 §15.4',
  aliases: ['redirect'],
  examples: [
    {
      title: 'The same path elsewhere',
      route: '* -> redirectTo(308, "https://new.example.org") -> <shunt>',
      request: { target: '/a%2Fb?c=1' },
      response: { status: 308, headers: { Location: 'https://new.example.org/a%2Fb?c=1' } },
    },
    {
      title: 'What is left of the path, behind another host',
      route:
        'PathSubtree("/shop/*rest") -> redirectTo(301, "https://shop.example.org${rest}?${request.rawQuery}") -> <shunt>',
      request: { target: '/shop/cart/caf%E9?q=%7e' },
      response: { status: 301, headers: { Location: 'https://shop.example.org/cart/caf%E9?q=%7e' } },
    },
    {
      title: 'A Host that a filter changed is seen',
      route: '* -> modRequestHeader("Host", "^example[.](\\w+)$", "www.example.$1") -> redirectTo(301) -> <shunt>',
      request: { target: '/a', headers: { Host: 'example.org' } },
      response: { status: 301, headers: { Location: 'https://www.example.org/a' } },
    },
    {
      title: 'Another path on the same host; the query is kept',
      route: 'Path("/users/:id") -> redirectTo(302, "/profiles/${id}") -> <shunt>',
      request: { target: '/users/42?tab=2', headers: { Host: 'example.org' } },
      response: { status: 302, headers: { Location: 'https://example.org/profiles/42?tab=2' } },
    },
    {
      title: 'From http to https, whatever the paths of the other routes',
      route: 'First() && Scheme("http") -> redirectTo(308) -> <shunt>',
      request: { target: '/a', headers: { Host: 'example.org' } },
      response: { status: 308, headers: { Location: 'https://example.org/a' } },
    },
  ],
  create: ([status, to]) => redirect(status, to ?? NOTHING_GIVEN, (path) => path),
});

/** As redirectTo, in lower case. */
export const redirectToLower = defineFilter({
  name: 'redirectToLower',
  summary: 'Answers with a redirect to the location, its path in lower case.',
  details: HOLES,
  args: [code, location],
  source: 'Skipper',
  examples: [
    {
      route: 'PathRegexp("[A-Z]") -> redirectToLower(301) -> <shunt>',
      request: { target: '/About/US?Q=1', headers: { Host: 'example.org' } },
      response: { status: 301, headers: { Location: 'https://example.org/about/us?Q=1' } },
    },
  ],
  create: ([status, to]) => redirect(status, to ?? NOTHING_GIVEN, lowerPath),
});
