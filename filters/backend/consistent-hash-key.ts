import { arg, defineFilter } from '../../src/plugin/index.ts';

/** Chooses what the consistentHash balancer hashes. */
export const consistentHashKey = defineFilter({
  name: 'consistentHashKey',
  summary: 'Sets the key by which the consistentHash balancer chooses the endpoint.',
  details: 'Where a placeholder names what is not there, or the key is empty, it stays the address of the client.',
  args: [arg.template('key')],
  source: 'Skipper',
  examples: [
    {
      title: 'One endpoint per session',
      route: '* -> consistentHashKey("${request.cookie.sid}") -> <consistentHash, "http://origin.example">',
      request: { headers: { Cookie: 'sid=42' } },
      response: { status: 200 },
    },
  ],
  create: ([key]) => ({
    request(ctx) {
      const filled = key.fillAll(ctx);
      if (filled !== null && filled !== '') ctx.upstream.hashKey = filled;
    },
  }),
});
