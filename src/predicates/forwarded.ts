import { arg, definePredicate, type HeaderList, octetsToText } from '../plugin/index.ts';
import { forwardedParameter } from './forwarded-header.ts';

const FORGEABLE =
  'Any client can write this header: use it behind a proxy that sets or removes it. X-Forwarded-* headers do not count.';

const lastOf = (headers: HeaderList, name: string): string | null => {
  const value = headers.joined('Forwarded');
  return value === null ? null : forwardedParameter(value, name);
};

/** Matches the host that a proxy before this one was asked for. */
export const forwardedHost = definePredicate({
  name: 'ForwardedHost',
  summary: 'Matches when the regular expression is found in the host that the Forwarded header names last.',
  details: [
    'The header lists one element per proxy, the nearest last; the last "host" in it counts. The expression is not anchored.',
    `Without a host in the header: no match. ${FORGEABLE}\n\nDifferences from Skipper: all lines of the header are one`,
    'list, quoted values may hold commas and semicolons, and parameter names may be written in any case.',
  ].join(' '),
  args: [arg.regexp('expression')],
  source: 'Skipper; RFC 7239 §5.3',
  examples: [
    {
      route: 'ForwardedHost(/^shop[.]example[.]org$/) -> status(200) -> <shunt>',
      request: { headers: { Forwarded: 'host=a.example;proto=http, host="shop.example.org"' } },
      response: { status: 200 },
    },
    {
      route: 'ForwardedHost(/^shop[.]example[.]org$/) -> status(200) -> <shunt>',
      request: { headers: { Forwarded: 'host=shop.example.org, host=a.example' } },
      response: { status: 404 },
    },
  ],
  create: ([expression]) => ({
    match: ({ headers }) => {
      const host = lastOf(headers, 'host');
      return host !== null && expression.test(octetsToText(host));
    },
  }),
});

/** Matches the scheme that a proxy before this one was asked with. */
export const forwardedProtocol = definePredicate({
  name: 'ForwardedProtocol',
  summary: 'Matches when the scheme that the Forwarded header names last is this one.',
  details: `The last "proto" in the header counts. ${FORGEABLE}\n\nDifferences from Skipper: those of ForwardedHost; and the scheme in the header may be written in any case (RFC 3986 §3.1).`,
  args: [arg.oneOf('scheme', ['http', 'https'])],
  source: 'Skipper; RFC 7239 §5.4',
  examples: [
    {
      route: 'ForwardedProtocol("https") -> status(200) -> <shunt>',
      request: { headers: { Forwarded: 'for=192.0.2.1;proto=https' } },
      response: { status: 200 },
    },
    {
      route: 'ForwardedProtocol("https") -> status(200) -> <shunt>',
      request: { headers: { Forwarded: 'proto=https, for=192.0.2.1;proto=http' } },
      response: { status: 404 },
    },
    {
      title: 'Only Forwarded counts',
      route: 'ForwardedProtocol("https") -> status(200) -> <shunt>',
      request: { headers: { 'X-Forwarded-Proto': 'https' } },
      response: { status: 404 },
    },
  ],
  create: ([scheme]) => ({ match: ({ headers }) => lastOf(headers, 'proto')?.toLowerCase() === scheme }),
});
