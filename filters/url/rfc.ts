import { defineFilter } from '../../src/plugin/index.ts';

/** Keeps reserved characters apart from their encoded forms. */
export const rfcPath = defineFilter({
  name: 'rfcPath',
  summary: 'Leaves the reserved characters of the path encoded where they came encoded: "/a%2Fb" stays one segment.',
  details: `From here on the decoded path that filters, placeholders and, behind a <loopback>, routes see has ; / ? : @ & = + $ , and % as they came: a pattern that means the encoded slash is written Path("/a%2Fb"). A filter that changes the path leaves such escapes alone; setPath() takes what looks like an escape for one. A path that nobody changes goes upstream byte for byte, with this filter or without.

Differences from Skipper, which encodes them twice on the way to a network backend: here they go as they came. "%" is among them, so that "%252F" and "%2F" stay two things.`,
  args: [],
  source: 'Skipper; RFC 3986 §2.2',
  examples: [
    {
      route: '* -> rfcPath() -> modPath("^/files", "/f") -> "http://origin.example"',
      request: { target: '/files/a%2Fb%20c' },
      upstream: { target: '/f/a%2Fb%20c' },
    },
    {
      title: 'For routing: a loopback sees one segment',
      route: `in: * -> rfcPath() -> setRequestHeader("X-In", "1") -> <loopback>;
one: Header("X-In", "1") && Path("/files/:name") -> "http://origin.example";`,
      request: { target: '/files/a%2Fb' },
      upstream: { target: '/files/a%2Fb' },
    },
  ],
  create: () => ({
    request({ request }) {
      request.keepsReserved = true;
    },
  }),
});

/** "example.org." and "example.org.:80" without the dot at the end of the name. */
function withoutTrailingDot(host: string): string {
  return host.replace(/\.(?=$|:\d*$)/, '');
}

/** Takes the last dot off the host. */
export const rfcHost = defineFilter({
  name: 'rfcHost',
  summary: 'Removes the dot at the end of the host name, before its port if it has one.',
  details:
    'A fully qualified name may be written with a dot at its end, and few servers know it by that. Changes the Host that is sent where the host of the client is, and what routes behind a <loopback> see.',
  args: [],
  source: 'Skipper; RFC 3986 §3.2.2',
  examples: [
    {
      route: '* -> preserveHost("true") -> rfcHost() -> "http://origin.example"',
      request: { headers: { Host: 'shop.example.org.:8080' } },
      upstream: { headers: { Host: 'shop.example.org:8080' } },
    },
  ],
  create: () => ({
    request({ request, upstream }) {
      if (request.host.includes('.')) request.host = withoutTrailingDot(request.host);
      if (upstream.host !== null) upstream.host = withoutTrailingDot(upstream.host);
    },
  }),
});
