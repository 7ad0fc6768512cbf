import { ArgError, arg, defineFilter, encodePath } from '../../src/plugin/index.ts';

/** Lets another route answer where the response has one status. */
export const loopbackIfStatus = defineFilter({
  name: 'loopbackIfStatus',
  summary: 'Where the response has the status, routes the request again with another path and takes that response.',
  details: `The method, the query and the headers, as they are by then, stay; a request body that streamed to the backend is gone, and the request is routed without one (a small one, which came with the head, stays). The route found must not answer with the same status through itself: beyond the loopback limit the answer is an error.
The filters to its left run on the new response; those to its right have run on the old one, which is thrown away.

The path is a decoded one, as for setPath: "/a b" is sent as /a%20b. A third argument is allowed and ignored, as in Skipper.`,
  source: 'Skipper',
  args: [
    arg.int('status', { min: 100, max: 599 }),
    arg.string('path', { doc: 'where to look instead; begins with "/"' }),
    arg.optional(arg.any('ignored')),
  ],
  examples: [
    {
      title: 'A page for everything that is missing',
      route: `site: * -> loopbackIfStatus(404, "/missing") -> "http://origin.example";
missing: Path("/missing") -> inlineContent("Sorry.") -> <shunt>;`,
      request: { target: '/old?x=1' },
      origin: { status: 404, body: 'not found' },
      response: { status: 200, body: 'Sorry.' },
    },
    {
      title: 'Other responses pass',
      route: '* -> loopbackIfStatus(404, "/missing") -> "http://origin.example"',
      origin: { status: 503, body: 'down' },
      response: { status: 503, body: 'down' },
    },
  ],
  create: ([status, path]) => {
    if (!path.startsWith('/')) throw new ArgError(`expected a path that begins with "/", found "${path}"`, 1);
    const encoded = encodePath(path);
    return {
      // Not an async function: a response with another status needs no promise.
      response: (ctx) => {
        if (ctx.response.status !== status) return undefined;
        ctx.response.body = null;
        ctx.request.path = encoded;
        if (ctx.request.body?.used === true) ctx.request.body = null;
        return ctx.loopback().then((response) => {
          ctx.response = response;
        });
      },
    };
  },
});
