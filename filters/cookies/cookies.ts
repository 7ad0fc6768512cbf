import {
  type ArgValues,
  arg,
  cookieValue,
  defineFilter,
  type Filter,
  type FilterContext,
  isToken,
  secretByName,
  stateKey,
  withoutPort,
} from '../../src/plugin/index.ts';

const cookieName = (use: 'match' | 'write') =>
  arg.custom('name', 'cookie name', (value) => {
    const name = String(value);
    if (typeof value !== 'string' || name === '' || (use === 'write' && !isToken(name)))
      throw new Error(`expected a cookie name, found ${JSON.stringify(value)}`);
    return name;
  });

/** A value as it may stand in a cookie; one with a space or a comma is quoted, as browsers and Go expect it. */
const cookieValueArg = arg.custom(
  'value',
  'cookie value',
  (value) => {
    if (typeof value !== 'string' || !/^[\x20-\x7e]*$/.test(value) || /["\\;]/.test(value))
      throw new Error(
        `expected a cookie value (ASCII without quotes, semicolons and backslashes), found ${JSON.stringify(value)}`,
      );
    return { plain: value, written: /[ ,]/.test(value) ? `"${value}"` : value };
  },
  { secret: secretByName },
);

/** Adds a cookie to the request. */
export const requestCookie = defineFilter({
  name: 'requestCookie',
  summary: 'Adds a cookie to those of the request.',
  details: 'A cookie of that name which is there already stays, in front of the new one.',
  args: [cookieName('write'), cookieValueArg],
  source: 'Skipper; RFC 6265 §4.2',
  examples: [
    {
      route: '* -> requestCookie("group", "A") -> "http://origin.example"',
      request: { headers: { Cookie: 'sid=7' } },
      upstream: { headers: { Cookie: 'sid=7; group=A' } },
    },
  ],
  create: ([name, { written }]) => {
    const pair = `${name}=${written}`;
    return {
      request({ request: { headers } }) {
        // HTTP/1.1 allows one Cookie line only (RFC 6265 §5.4); HTTP/2 may have brought several.
        const cookies = headers.getAll('Cookie').filter((line) => line !== '');
        headers.set('Cookie', [...cookies, pair].join('; '));
      },
    };
  },
});

/** Removes a cookie from the request. */
export const dropRequestCookie = defineFilter({
  name: 'dropRequestCookie',
  summary: 'Removes the cookie from those of the request.',
  details: 'The others stay byte for byte (Skipper writes them anew).',
  args: [cookieName('match')],
  source: 'Skipper',
  examples: [
    {
      route: '* -> dropRequestCookie("sid") -> "http://origin.example"',
      request: { headers: { Cookie: 'a="1"; sid=7; b=x=y' } },
      upstream: { headers: { Cookie: 'a="1"; b=x=y' } },
    },
    {
      title: 'The last one takes the header with it',
      route: '* -> dropRequestCookie("sid") -> "http://origin.example"',
      request: { headers: { Cookie: 'sid=7' } },
      upstream: { headers: { Cookie: null } },
    },
  ],
  create: ([name]) => ({
    request({ request: { headers } }) {
      headers.mapValues('Cookie', (line) => {
        const pairs = line.split(';');
        const kept = pairs.filter((pair) => nameOf(pair) !== name);
        if (kept.length === pairs.length) return line;
        const rest = kept.join(';').trim();
        return rest === '' ? null : rest;
      });
    },
  }),
});

/** The name in "name=value". */
function nameOf(pair: string): string {
  const equals = pair.indexOf('=');
  return (equals < 0 ? pair : pair.slice(0, equals)).trim();
}

/** What the cookie is good for: the host without its first label, where two dots or more leave a domain. */
function domainAttribute(host: string): string {
  const name = withoutPort(host);
  if (name === '' || name.includes(':') || /^[\d.]+$/.test(name)) return '';
  const labels = name.split('.');
  return `; Domain=${labels.length > 2 ? labels.slice(1).join('.') : name}`;
}

const setCookieArgs = [
  cookieName('write'),
  cookieValueArg,
  arg.optional(arg.number('maxAge', { doc: 'seconds; 0 or less deletes the cookie; default: until the browser ends' })),
  arg.optional(arg.oneOf('mode', ['change-only'])),
] as const;

function cookieSetter(
  [name, { plain, written }, maxAge, mode]: ArgValues<typeof setCookieArgs>,
  attributes: string,
): Filter {
  const age = maxAge === undefined ? '' : `; Max-Age=${Math.max(0, Math.trunc(maxAge))}`;
  const set = ({ request, response }: FilterContext): void => {
    response.headers.append(
      'Set-Cookie',
      `${name}=${written}; Path=/${domainAttribute(request.host)}${age}${attributes}`,
    );
  };
  if (mode === undefined) return { response: set };
  const known = stateKey<boolean>('responseCookie known');
  return {
    request(ctx) {
      if (cookieValue(ctx.request.headers, name) === plain) ctx.state.set(known, true);
    },
    response(ctx) {
      if (ctx.state.get(known) !== true) set(ctx);
    },
  };
}

/** Sets a cookie at the client. */
export const responseCookie = defineFilter({
  name: 'responseCookie',
  summary: 'Sets a cookie at the client, for the whole domain, unreadable for scripts and over TLS only.',
  details: [
    'Adds a Set-Cookie with Path=/, HttpOnly, Secure, and as Domain the host that the client asked for, without its first',
    'label if it has three or more ("shop.example.org" gives "example.org"); none for an IP address. With "change-only"',
    'clients that sent the cookie with this value, as it is at this place in the chain, get none, so that its age is not',
    'renewed.',
  ].join(' '),
  args: setCookieArgs,
  source: 'Skipper; RFC 6265 §4.1',
  examples: [
    {
      route: '* -> responseCookie("group", "A", 3600) -> "http://origin.example"',
      request: { headers: { Host: 'shop.example.org' } },
      response: {
        headers: { 'Set-Cookie': 'group=A; Path=/; Domain=example.org; Max-Age=3600; HttpOnly; Secure' },
      },
    },
    {
      title: 'Known already',
      route: '* -> responseCookie("group", "A", 3600, "change-only") -> "http://origin.example"',
      request: { headers: { Cookie: 'group=A' } },
      response: { headers: { 'Set-Cookie': null } },
    },
  ],
  create: (values) => cookieSetter(values, '; HttpOnly; Secure'),
});

/** Sets a cookie at the client that scripts may read. */
export const jsCookie = defineFilter({
  name: 'jsCookie',
  summary: 'Sets a cookie at the client that scripts of the page may read.',
  details: 'As responseCookie, without HttpOnly.',
  args: setCookieArgs,
  source: 'Skipper; RFC 6265 §4.1',
  examples: [
    {
      route: '* -> jsCookie("theme", "dark", 3600) -> "http://origin.example"',
      request: { headers: { Host: 'shop.example.org' } },
      response: { headers: { 'Set-Cookie': 'theme=dark; Path=/; Domain=example.org; Max-Age=3600; Secure' } },
    },
  ],
  create: (values) => cookieSetter(values, '; Secure'),
});

/** Keeps a cookie from the client. */
export const dropResponseCookie = defineFilter({
  name: 'dropResponseCookie',
  summary: 'Removes from the response what would set the cookie at the client.',
  details: 'The Set-Cookie lines of others stay byte for byte (Skipper writes them anew).',
  args: [cookieName('match')],
  source: 'Skipper',
  examples: [
    {
      route: '* -> dropResponseCookie("track") -> "http://origin.example"',
      origin: { headers: { 'Set-Cookie': 'track=1; Path=/' } },
      response: { headers: { 'Set-Cookie': null } },
    },
  ],
  create: ([name]) => ({
    response({ response }) {
      response.headers.mapValues('Set-Cookie', (line) =>
        nameOf(line.split(';', 1)[0] as string) === name ? null : line,
      );
    },
  }),
});
