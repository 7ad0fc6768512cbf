import { arg, definePredicate } from '../../plugin/index.ts';

/** Raises or lowers the rank of its route. */
export const weight = definePredicate({
  name: 'Weight',
  summary: 'Matches always, and adds its number to the rank of the route.',
  details: [
    'Of the routes that match at the same path, the one of the highest rank is taken: the sum of its weights and one for',
    'each other predicate but Path, PathSubtree and TrafficSegment; of equals, the one defined first. Weight never lets a',
    'route without a path win over one with a path. Fractions are cut off.',
  ].join(' '),
  args: [arg.number('number', { doc: 'may be negative' })],
  source: 'Skipper',
  examples: [
    {
      route: [
        'first: Path("/a") && Method("GET") -> status(404) -> <shunt>;',
        'second: Path("/a") && Weight(2) -> status(200) -> <shunt>;',
      ].join('\n'),
      request: { target: '/a' },
      response: { status: 200 },
    },
  ],
  create: ([number]) => ({ match: () => true, weight: Math.trunc(number) }),
});

/** Matches every request. */
export const always = definePredicate({
  name: 'True',
  summary: 'Matches always; raises the rank of its route by one.',
  args: [],
  source: 'Skipper',
  examples: [{ route: 'True() -> status(200) -> <shunt>', response: { status: 200 } }],
  create: () => ({ match: () => true }),
});

/** Matches no request. */
export const never = definePredicate({
  name: 'False',
  summary: 'Matches never: switches a route off without deleting it.',
  args: [],
  source: 'Skipper',
  examples: [{ route: 'False() -> status(200) -> <shunt>', response: { status: 404 } }],
  create: () => ({ match: () => false }),
});

/** Matches while the process drains. */
export const shutdown = definePredicate({
  name: 'Shutdown',
  summary: 'Matches once the process was asked to stop and is draining.',
  details: 'Lets a health route turn red so that load balancers stop sending before the listener closes.',
  args: [],
  source: 'Skipper',
  examples: [
    {
      route: [
        'ready: Path("/health") -> status(200) -> <shunt>;',
        'leaving: Path("/health") && Shutdown() -> status(503) -> <shunt>;',
      ].join('\n'),
      request: { target: '/health' },
      response: { status: 200 },
    },
  ],
  create: (_args, env) => ({ match: () => env.draining() }),
});
