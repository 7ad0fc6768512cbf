import {
  ArgError,
  arg,
  clientAddress,
  definePredicate,
  forwardedSource,
  isAddress,
  NetworkSet,
  type Predicate,
  type Request,
} from '../plugin/index.ts';

const networks = arg.rest(arg.string('network', { doc: 'CIDR notation, or one address; IPv4 or IPv6' }), 1);

const FORGEABLE =
  'Any client can write X-Forwarded-For: behind nothing that rewrites it, this is no access control; use ClientIP there. ';

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

/** The entry of X-Forwarded-For at one end, or the peer where that entry is no address. */
function claimed(end: 'first' | 'last'): (request: Request) => string {
  return (request) => {
    const address = forwardedSource(request, end);
    return isAddress(address) ? address : clientAddress(request);
  };
}

/** Matches the first address that was ever noted in X-Forwarded-For. */
export const source = definePredicate({
  name: 'Source',
  summary: 'Matches when the first address in X-Forwarded-For, else that of the TCP peer, is in one of the networks.',
  details: `${FORGEABLE}Where the first entry is no address, the peer counts.`,
  args: [networks],
  source: 'Skipper',
  examples: [
    {
      route: 'Source("10.0.0.0/8", "2001:db8::/32") -> status(200) -> <shunt>',
      request: { headers: { 'X-Forwarded-For': '10.1.2.3, 192.0.2.1' } },
      response: { status: 200 },
    },
    {
      route: 'Source("10.0.0.0/8") -> status(200) -> <shunt>',
      request: { headers: { 'X-Forwarded-For': '192.0.2.1, 10.1.2.3' } },
      response: { status: 404 },
    },
  ],
  create: ([cidrs]) => within(cidrs, claimed('first')),
});

/** Matches the address that was noted last in X-Forwarded-For. */
export const sourceFromLast = definePredicate({
  name: 'SourceFromLast',
  summary: 'Matches when the last address in X-Forwarded-For, else that of the TCP peer, is in one of the networks.',
  details: [
    'The last entry is the one that the nearest proxy wrote. Several X-Forwarded-For lines are one list, so it is the last',
    'entry of the last line; Skipper looks at the first line only, which a client can write.',
  ].join(' '),
  args: [networks],
  source: 'Skipper',
  examples: [
    {
      route: 'SourceFromLast("192.0.2.1") -> status(200) -> <shunt>',
      request: { headers: { 'X-Forwarded-For': '10.1.2.3, 192.0.2.1' } },
      response: { status: 200 },
    },
    {
      route: 'SourceFromLast("192.0.2.1") -> status(200) -> <shunt>',
      request: { headers: { 'X-Forwarded-For': '192.0.2.1, 10.1.2.3' } },
      response: { status: 404 },
    },
  ],
  create: ([cidrs]) => within(cidrs, claimed('last')),
});

/** Matches the address of the TCP peer. */
export const clientIp = definePredicate({
  name: 'ClientIP',
  summary: 'Matches when the address of the TCP peer is in one of the networks; headers do not count.',
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
  ],
  create: ([cidrs]) => within(cidrs, clientAddress),
});
