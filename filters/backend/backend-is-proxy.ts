import { defineFilter } from '../../src/plugin/index.ts';

/** Sends the request through another proxy. */
export const backendIsProxy = defineFilter({
  name: 'backendIsProxy',
  summary: 'Takes the backend for a proxy and asks it for the URL that the client asked for.',
  details: `The request line has the whole URL: the scheme that the client used, its Host (or that which a filter set) and the path.

Differences from Skipper: a request that came over TLS asks the proxy for an https URL; no CONNECT tunnel is built. SOCKS proxies are not known.`,
  args: [],
  source: 'Skipper; RFC 9112 §3.2.2',
  examples: [
    {
      route: '* -> backendIsProxy() -> "http://origin.example"',
      request: { target: '/a?b', headers: { Host: 'shop.example.org' } },
      upstream: { target: 'http://shop.example.org/a?b', headers: { Host: 'shop.example.org' } },
    },
  ],
  create: () => ({
    request({ upstream }) {
      upstream.viaProxy = true;
    },
  }),
});
