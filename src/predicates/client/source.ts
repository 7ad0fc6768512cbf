import {
  ArgError,
  arg,
  definePredicate,
  forwardedSource,
  NetworkSet,
  type Predicate,
  type Request,
} from '../../plugin/index.ts';

const networks = arg.rest(arg.string('network', { doc: 'CIDR notation, or one address; IPv4 or IPv6' }), 1);

const TRUST = [
  'X-Forwarded-For (or, without it, Forwarded) is believed from --trusted-proxies only, back to the first entry that none of',
  'them wrote; nobody is trusted by default, and the TCP peer counts.',
].join(' ');

function within(cidrs: readonly string[], addressOf: (request: Request) => string): Predicate {
  cidrs.forEach((cidr, at) => {
    try {
      new NetworkSet([cidr]);
    } catch (error) {
      throw new ArgError((error as Error).message, at);
    }
  });
  const set = new NetworkSet(cidrs);
  return { match: (request) => set.has(addressOf(request)) };
}

/** The trusted proxies of the examples: whoever asks, and one before it. */
const trustedProxies = ['127.0.0.1', '10.0.0.0/8'];

/** Matches the first address that trusted proxies vouch for. */
export const source = definePredicate({
  name: 'Source',
  summary:
    'Matches when the first address in X-Forwarded-For that counts, else that of the TCP peer, is in one of the networks.',
  details: `${TRUST} Skipper believes everybody.`,
  args: [networks],
  source: 'Skipper',
  examples: [
    {
      title: 'Behind two trusted proxies',
      route: 'Source("192.0.2.0/24", "2001:db8::/32") -> status(200) -> <shunt>',
      trustedProxies,
      request: { headers: { 'X-Forwarded-For': '192.0.2.1, 10.1.2.3' } },
      response: { status: 200 },
    },
    {
      title: 'What the client itself wrote does not count',
      route: 'Source("192.0.2.0/24") -> status(200) -> <shunt>',
      trustedProxies,
      request: { headers: { 'X-Forwarded-For': '192.0.2.1, 198.51.100.7, 10.1.2.3' } },
      response: { status: 404 },
    },
    {
      title: 'Nobody is trusted by default',
      route: 'Source("192.0.2.0/24") -> status(200) -> <shunt>',
      request: { headers: { 'X-Forwarded-For': '192.0.2.1' } },
      response: { status: 404 },
    },
  ],
  create: ([cidrs]) => within(cidrs, (request) => forwardedSource(request, 'first')),
});

/** Matches the address that the nearest trusted proxy wrote. */
export const sourceFromLast = definePredicate({
  name: 'SourceFromLast',
  summary: 'Matches when the last address in X-Forwarded-For, else that of the TCP peer, is in one of the networks.',
  details: `The last entry is the one that the nearest proxy wrote. ${TRUST} Several lines are one list; Skipper looks at the first line only, and believes everybody.`,
  args: [networks],
  source: 'Skipper',
  examples: [
    {
      route: 'SourceFromLast("192.0.2.1") -> status(200) -> <shunt>',
      trustedProxies,
      request: { headers: { 'X-Forwarded-For': '10.1.2.3, 192.0.2.1' } },
      response: { status: 200 },
    },
    {
      route: 'SourceFromLast("192.0.2.1") -> status(200) -> <shunt>',
      trustedProxies,
      request: { headers: { 'X-Forwarded-For': '192.0.2.1, 10.1.2.3' } },
      response: { status: 404 },
    },
  ],
  create: ([cidrs]) => within(cidrs, (request) => forwardedSource(request, 'last')),
});

/** Matches the address of the client. */
export const clientIp = definePredicate({
  name: 'ClientIP',
  summary: 'Matches when the address of the client is in one of the networks.',
  details: `That is the TCP peer or, where the peer is a trusted proxy, the first address that trusted proxies vouch for, as with Source. ${TRUST} Skipper looks at the peer alone.`,
  args: [networks],
  source: 'Skipper',
  examples: [
    {
      route: 'ClientIP("127.0.0.0/8", "::1") -> status(200) -> <shunt>',
      request: { headers: { 'X-Forwarded-For': '192.0.2.1' } },
      response: { status: 200 },
    },
    {
      route: 'ClientIP("192.0.2.1") -> status(200) -> <shunt>',
      request: { headers: { 'X-Forwarded-For': '192.0.2.1' } },
      response: { status: 404 },
    },
    {
      title: 'Behind a trusted proxy',
      route: 'ClientIP("192.0.2.1") -> status(200) -> <shunt>',
      trustedProxies,
      request: { headers: { 'X-Forwarded-For': '192.0.2.1' } },
      response: { status: 200 },
    },
  ],
  create: ([cidrs]) => within(cidrs, (request) => request.clientAddress),
});
