import { arg, defineFilter, isAuthority, readAddress } from '../../src/plugin/index.ts';

const SETS_HOST = 'Also sets the Host that is sent, over preserveHost.';

interface BaseUrl {
  readonly scheme: string;
  readonly authority: string;
}

/** The beginning of an http or https URL; null when it is none. */
function parseBaseUrl(text: string): BaseUrl | null {
  const [, scheme = '', authority = ''] = /^(https?):\/\/([^/?#]*)/i.exec(text) ?? [];
  return isAuthority(authority) ? { scheme: scheme.toLowerCase(), authority } : null;
}

const baseUrl = arg.advised(
  arg.custom('url', 'url', (value) => readAddress(String(value))),
  ({ advice }) => advice,
);

/** Chooses the backend of a `<dynamic>` route. */
export const setDynamicBackendUrl = defineFilter({
  name: 'setDynamicBackendUrl',
  summary: 'Sets scheme and host of a <dynamic> backend; what follows the host is left out.',
  details: `Wins over setDynamicBackendHost and setDynamicBackendScheme. ${SETS_HOST} Without any of the three a <dynamic> backend answers 502.`,
  args: [baseUrl],
  source: 'Skipper',
  examples: [
    {
      route: '* -> setDynamicBackendUrl("http://origin.example") -> <dynamic>',
      request: { target: '/a?b' },
      upstream: { target: '/a?b' },
      response: { status: 200 },
    },
  ],
  create: ([{ origin, authority }]) => ({
    request({ upstream }) {
      upstream.dynamicUrl = origin;
      upstream.host = authority;
    },
  }),
});

const hostAndPort = arg.custom('host', 'host', (value) => {
  if (!isAuthority(String(value)))
    throw new Error(`expected a host, with or without port, found ${JSON.stringify(value)}`);
  return String(value);
});

/** Chooses the host of a `<dynamic>` backend. */
export const setDynamicBackendHost = defineFilter({
  name: 'setDynamicBackendHost',
  summary: 'Sets the host of a <dynamic> backend, with or without port; the scheme is http unless set.',
  details: SETS_HOST,
  args: [hostAndPort],
  source: 'Skipper',
  examples: [
    {
      route: '* -> setDynamicBackendHost("origin.example") -> <dynamic>',
      upstream: { target: '/' },
      response: { status: 200 },
    },
  ],
  create: ([host]) => ({
    request({ upstream }) {
      upstream.dynamicHost = host;
      upstream.host = host;
    },
  }),
});

/** Chooses the scheme of a `<dynamic>` backend. */
export const setDynamicBackendScheme = defineFilter({
  name: 'setDynamicBackendScheme',
  summary: 'Sets the scheme of a <dynamic> backend whose host setDynamicBackendHost sets.',
  args: [arg.oneOf('scheme', ['http', 'https'])],
  source: 'Skipper',
  examples: [
    {
      route: '* -> setDynamicBackendScheme("http") -> setDynamicBackendHost("origin.example") -> <dynamic>',
      upstream: { target: '/' },
      response: { status: 200 },
    },
    {
      title: 'A scheme alone is no backend',
      route: '* -> setDynamicBackendScheme("http") -> <dynamic>',
      upstream: null,
      response: { status: 502 },
    },
  ],
  create: ([scheme]) => ({
    request({ upstream }) {
      upstream.dynamicScheme = scheme;
    },
  }),
});

const BY_CLIENT =
  'Whoever can write the header chooses where the request goes: have the edge of your network drop what clients send. An invalid value counts as absent.';

/** Chooses the backend of a `<dynamic>` route by a header. */
export const setDynamicBackendUrlFromHeader = defineFilter({
  name: 'setDynamicBackendUrlFromHeader',
  summary: 'Sets scheme and host of a <dynamic> backend to those of the URL in a request header, if it is there.',
  details: `As setDynamicBackendUrl. ${BY_CLIENT} ${SETS_HOST}`,
  args: [arg.headerName('header')],
  source: 'Skipper',
  examples: [
    {
      route:
        '* -> setRequestHeader("X-To", "http://origin.example") -> setDynamicBackendUrlFromHeader("X-To") -> <dynamic>',
      request: { target: '/a?b' },
      upstream: { target: '/a?b' },
    },
    {
      title: 'Without the header there is no backend',
      route: '* -> setDynamicBackendUrlFromHeader("X-To") -> <dynamic>',
      response: { status: 502 },
    },
  ],
  create: ([header]) => ({
    request({ request, upstream }) {
      const found = parseBaseUrl(request.headers.get(header) ?? '');
      if (found === null) return;
      upstream.dynamicUrl = `${found.scheme}://${found.authority}`;
      upstream.host = found.authority;
    },
  }),
});

/** Chooses the host of a `<dynamic>` backend by a header. */
export const setDynamicBackendHostFromHeader = defineFilter({
  name: 'setDynamicBackendHostFromHeader',
  summary: 'Sets the host of a <dynamic> backend to the value of a request header, if it is there.',
  details: `As setDynamicBackendHost. ${BY_CLIENT} ${SETS_HOST}`,
  args: [arg.headerName('header')],
  source: 'Skipper',
  examples: [
    {
      route: '* -> setRequestHeader("X-To", "origin.example") -> setDynamicBackendHostFromHeader("X-To") -> <dynamic>',
      upstream: { target: '/' },
    },
  ],
  create: ([header]) => ({
    request({ request, upstream }) {
      const host = request.headers.get(header) ?? '';
      if (!isAuthority(host)) return;
      upstream.dynamicHost = host;
      upstream.host = host;
    },
  }),
});

/** Chooses the scheme of a `<dynamic>` backend by a header. */
export const setDynamicBackendSchemeFromHeader = defineFilter({
  name: 'setDynamicBackendSchemeFromHeader',
  summary: 'Sets the scheme of a <dynamic> backend to the value of a request header, if that is http or https.',
  details: `As setDynamicBackendScheme. ${BY_CLIENT}`,
  args: [arg.headerName('header')],
  source: 'Skipper',
  examples: [
    {
      route:
        '* -> setDynamicBackendSchemeFromHeader("X-Scheme") -> setDynamicBackendHost("origin.example") -> <dynamic>',
      request: { headers: { 'X-Scheme': 'http' } },
      upstream: { target: '/' },
    },
  ],
  create: ([header]) => ({
    request({ request, upstream }) {
      const scheme = request.headers.get(header)?.toLowerCase();
      if (scheme === 'http' || scheme === 'https') upstream.dynamicScheme = scheme;
    },
  }),
});
