import { arg, definePredicate, type ForwardedElement, octetsToText, type Request } from '../../plugin/index.ts';

const TRUST =
  'Only what trusted proxies wrote counts (--trusted-proxies; nobody by default). X-Forwarded-* headers do not count.';

/** The parameter of the last trusted element that has it. */
function lastOf({ client }: Request, name: keyof ForwardedElement): string | undefined {
  return client.forwarded.findLast((element) => element[name] !== undefined)?.[name];
}

/** The nearest proxy of the examples. */
const trustedProxies = ['127.0.0.1'];

/** Matches the host that a proxy before this one was asked for. */
export const forwardedHost = definePredicate({
  name: 'ForwardedHost',
  summary: 'Matches when the regular expression is found in the host that the Forwarded header names last.',
  details: [
    'The header lists one element per proxy, the nearest last; the last "host" in it counts. The expression is not anchored.',
    `Without a host in the header: no match. ${TRUST}\n\nDifferences from Skipper: it believes everybody; all lines of the`,
    'header are one list, quoted values may hold commas and semicolons, and parameter names may be written in any case.',
  ].join(' '),
  args: [arg.regexp('expression')],
  source: 'Skipper; RFC 7239 §5.3',
  examples: [
    {
      route: 'ForwardedHost(/^shop[.]example[.]org$/) -> status(200) -> <shunt>',
      trustedProxies,
      request: { headers: { Forwarded: 'for=192.0.2.1;host="shop.example.org";proto=https' } },
      response: { status: 200 },
    },
    {
      title: 'What stands before the word of the first trusted proxy is anybody’s',
      route: 'ForwardedHost(/^shop[.]example[.]org$/) -> status(200) -> <shunt>',
      trustedProxies,
      request: { headers: { Forwarded: 'host=shop.example.org, for=192.0.2.1' } },
      response: { status: 404 },
    },
    {
      title: 'Nobody is trusted by default',
      route: 'ForwardedHost(/^shop[.]example[.]org$/) -> status(200) -> <shunt>',
      request: { headers: { Forwarded: 'host=shop.example.org' } },
      response: { status: 404 },
    },
  ],
  create: ([expression]) => ({
    match: (request) => {
      const host = lastOf(request, 'host');
      return host !== undefined && expression.test(octetsToText(host));
    },
  }),
});

/** Matches the scheme that a proxy before this one was asked with. */
export const forwardedProtocol = definePredicate({
  name: 'ForwardedProtocol',
  summary: 'Matches when the scheme that the Forwarded header names last is this one.',
  details: `The last "proto" in the header counts. ${TRUST} Scheme counts them too, and the connection itself.\n\nDifferences from Skipper: those of ForwardedHost; and the scheme in the header may be written in any case (RFC 3986 §3.1).`,
  args: [arg.oneOf('scheme', ['http', 'https'])],
  source: 'Skipper; RFC 7239 §5.4',
  examples: [
    {
      route: 'ForwardedProtocol("https") -> status(200) -> <shunt>',
      trustedProxies,
      request: { headers: { Forwarded: 'for=192.0.2.1;proto=https' } },
      response: { status: 200 },
    },
    {
      route: 'ForwardedProtocol("https") -> status(200) -> <shunt>',
      trustedProxies: ['127.0.0.1', '10.0.0.0/8'],
      request: { headers: { Forwarded: 'for=192.0.2.1;proto=https, for=10.0.0.1;proto=http' } },
      response: { status: 404 },
    },
    {
      title: 'Only Forwarded counts',
      route: 'ForwardedProtocol("https") -> status(200) -> <shunt>',
      trustedProxies,
      request: { headers: { 'X-Forwarded-Proto': 'https' } },
      response: { status: 404 },
    },
  ],
  create: ([scheme]) => ({ match: (request) => lastOf(request, 'proto')?.toLowerCase() === scheme }),
});
