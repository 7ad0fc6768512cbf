import { arg, definePredicate } from '../../plugin/index.ts';

/** Matches the scheme that the client asked with. */
export const scheme = definePredicate({
  name: 'Scheme',
  summary: 'Matches when the client asked with this scheme.',
  details: [
    'That is https where the connection is TLS, else http; behind trusted proxies (--trusted-proxies) it is what they say in',
    'X-Forwarded-Proto or Forwarded. With First, one route takes all of http to https, whatever the paths of the others.',
  ].join(' '),
  args: [arg.oneOf('scheme', ['http', 'https'])],
  source: 'RFC 9110 §4.2',
  examples: [
    {
      title: 'All of http to https',
      route: [
        'plain: First() && Scheme("http") -> redirectTo(308) -> <shunt>;',
        'api: PathSubtree("/api") -> "http://origin.example";',
      ].join('\n'),
      request: { target: '/api/users?page=2', headers: { Host: 'example.org' } },
      response: { status: 308, headers: { Location: 'https://example.org/api/users?page=2' } },
      upstream: null,
    },
    {
      title: 'Where a trusted proxy ends TLS',
      route: 'Scheme("https") -> status(200) -> <shunt>',
      trustedProxies: ['127.0.0.1'],
      request: { headers: { 'X-Forwarded-Proto': 'https' } },
      response: { status: 200 },
    },
    {
      title: 'Nobody is trusted by default',
      route: 'Scheme("https") -> status(200) -> <shunt>',
      request: { headers: { 'X-Forwarded-Proto': 'https' } },
      response: { status: 404 },
    },
  ],
  create: ([wanted]) => ({ match: ({ client }) => client.scheme === wanted }),
});

/** Matches the listener that took the connection. */
export const listener = definePredicate({
  name: 'Listener',
  summary: 'Matches when the request came to the listener of this option, or to this port.',
  details:
    'The listeners are those of --address and --insecure-address. Headers do not count, whoever sends them: so it tells what a port that is closed to the outside got.',
  args: [
    arg.custom('listener', '"address" | "insecure-address" | port', (value) => {
      if (value === 'address' || value === 'insecure-address') return value;
      if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536) return value;
      throw new Error(`expected "address", "insecure-address" or a port, found ${JSON.stringify(value)}`);
    }),
  ],
  source: 'Sluice',
  examples: [
    {
      route: 'Listener("address") -> status(200) -> <shunt>',
      response: { status: 200 },
    },
    {
      route: 'Listener("insecure-address") -> status(200) -> <shunt>',
      response: { status: 404 },
    },
    {
      title: 'By its port',
      route: 'Listener(9999) -> status(200) -> <shunt>',
      response: { status: 404 },
    },
  ],
  create: ([wanted]) => ({
    match: (request) => (typeof wanted === 'number' ? request.localPort : request.listener) === wanted,
  }),
});

/** Puts its route before all others. */
export const first = definePredicate({
  name: 'First',
  summary: 'Matches always, and has its route asked before all routes without First, whatever their paths and weights.',
  details: [
    'Routes are looked up by path first, so that a route without a path never wins over one with a path, however it weighs.',
    'Among the routes with First the usual order holds: path, rank, definition. Adds nothing to the rank.',
  ].join(' '),
  args: [],
  source: 'Sluice',
  examples: [
    {
      title: 'Closed for repairs, but for the health check',
      route: [
        'closed: First() -> status(503) -> <shunt>;',
        'alive: First() && Path("/health") -> status(200) -> <shunt>;',
        'shop: PathSubtree("/shop") -> "http://origin.example";',
      ].join('\n'),
      request: { target: '/shop/cart' },
      response: { status: 503 },
      upstream: null,
    },
    {
      route: [
        'closed: First() -> status(503) -> <shunt>;',
        'alive: First() && Path("/health") -> status(200) -> <shunt>;',
      ].join('\n'),
      request: { target: '/health' },
      response: { status: 200 },
    },
  ],
  create: () => ({ match: () => true, weight: 0, isFirst: true }),
});
