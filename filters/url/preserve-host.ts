import { arg, defineFilter } from '../../src/plugin/index.ts';

/** Chooses whose host goes to the backend. */
export const preserveHost = defineFilter({
  name: 'preserveHost',
  summary: 'Sends the Host of the client to the backend ("true"), or that of the backend ("false").',
  details:
    'Overrides, for its route, what the proxy does by default. A Host that another filter sets wins over both. Works for every backend; in Skipper only where the backend is written with a port.',
  args: [arg.oneOf('preserve', ['true', 'false'])],
  source: 'Skipper',
  examples: [
    {
      route: '* -> preserveHost("true") -> "http://origin.example"',
      request: { headers: { Host: 'shop.example.org' } },
      upstream: { headers: { Host: 'shop.example.org' } },
    },
    {
      title: 'A Host set by a filter wins',
      route: '* -> preserveHost("true") -> setRequestHeader("Host", "internal") -> "http://origin.example"',
      request: { headers: { Host: 'shop.example.org' } },
      upstream: { headers: { Host: 'internal' } },
    },
  ],
  create: ([preserve]) => ({
    request({ upstream }) {
      upstream.preserveHost = preserve === 'true';
    },
  }),
});
