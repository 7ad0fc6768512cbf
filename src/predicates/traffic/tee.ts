import { arg, definePredicate } from '../../plugin/index.ts';

/** Matches the copies that teeLoopback makes. */
export const tee = definePredicate({
  name: 'Tee',
  summary: 'Matches the copies of requests that teeLoopback made with this label.',
  details:
    'The mark lives in the proxy, not in the message: no client can set it. Skipper carries it in the header X-Tee-Loopback-Key, which any client can send; here that header means nothing.',
  args: [arg.string('label')],
  source: 'Skipper',
  examples: [
    {
      title: "A client's own request never matches",
      route: 'Tee("shadow") -> status(200) -> <shunt>',
      request: { headers: { 'X-Tee-Loopback-Key': 'shadow' } },
      response: { status: 404 },
    },
  ],
  create: ([label]) => ({ match: ({ shadowLabel }) => shadowLabel === label }),
});
