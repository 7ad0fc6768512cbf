import { defineFilter, type Filter, peerAddress } from '../../src/plugin/index.ts';

/** Notes the peer at one end of X-Forwarded-For, several lines of which become one. */
function forwarding(end: 'first' | 'last'): Filter {
  return {
    request({ request }) {
      const { headers } = request;
      const peer = peerAddress(request);
      const noted = headers.joined('X-Forwarded-For');
      if (peer !== '') {
        const list = noted === null || noted === '' ? [peer] : end === 'first' ? [peer, noted] : [noted, peer];
        headers.assert('X-Forwarded-For', list.join(', '));
      }
      if (request.host !== '') headers.assert('X-Forwarded-Host', request.host);
    },
  };
}

const DETAILS =
  'Sets X-Forwarded-Host to the Host of the client. Several lines of X-Forwarded-For become one list; Skipper keeps the first line only. The scheme the client asked with is `setRequestHeader("X-Forwarded-Proto", "${request.scheme}")`; for all routes, `--forwarded-headers` writes what backends are to know.';

/** Tells the backend where the request came from. */
export const xforward = defineFilter({
  name: 'xforward',
  summary: 'Appends the address of the TCP peer to X-Forwarded-For.',
  details: DETAILS,
  args: [],
  source: 'Skipper',
  examples: [
    {
      route: '* -> xforward() -> "http://origin.example"',
      request: { headers: { Host: 'shop.example.org', 'X-Forwarded-For': '192.0.2.7' } },
      upstream: { headers: { 'X-Forwarded-For': '192.0.2.7, 127.0.0.1', 'X-Forwarded-Host': 'shop.example.org' } },
    },
  ],
  create: () => forwarding('last'),
});

/** As xforward, at the other end. */
export const xforwardFirst = defineFilter({
  name: 'xforwardFirst',
  summary: 'Prepends the address of the TCP peer to X-Forwarded-For.',
  details: `${DETAILS} Only for backends that read the list from the wrong end.`,
  args: [],
  source: 'Skipper',
  examples: [
    {
      route: '* -> xforwardFirst() -> "http://origin.example"',
      request: { headers: { 'X-Forwarded-For': '192.0.2.7' } },
      upstream: { headers: { 'X-Forwarded-For': '127.0.0.1, 192.0.2.7' } },
    },
  ],
  create: () => forwarding('first'),
});
