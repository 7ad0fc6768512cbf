import { ArgError, arg, cookieValue, definePredicate, textToOctets } from '../../plugin/index.ts';

/** Matches a share of the requests, each for itself. */
export const traffic = definePredicate({
  name: 'Traffic',
  summary: 'Matches a random share of the requests, or those whose cookie puts them into the group.',
  details: [
    'Each evaluation draws anew: behind Traffic(.1), a Traffic(.5) gets half of what is left. To cut traffic into shares',
    'that add up use TrafficSegment. With cookie and group, a request that has the cookie matches when its value is the',
    'group, and chance decides only for those without; a responseCookie on the route makes the choice last.',
  ].join(' '),
  args: [
    arg.number('share', { min: 0, max: 1, doc: 'from 0 (none) to 1 (all)' }),
    arg.optional(arg.string('cookie', { doc: 'name of the cookie' })),
    arg.optional(arg.string('group', { doc: 'its value in this group; empty: chance alone decides' })),
  ],
  source: 'Skipper',
  examples: [
    { route: 'Traffic(1) -> status(200) -> <shunt>', response: { status: 200 } },
    { route: 'Traffic(0) -> status(200) -> <shunt>', response: { status: 404 } },
    {
      title: 'Once in a group, always in it',
      route: 'Traffic(0, "canary", "A") -> responseCookie("canary", "A") -> status(200) -> <shunt>',
      request: { headers: { Cookie: 'canary=A' } },
      response: { status: 200 },
    },
    {
      route: 'Traffic(1, "canary", "A") -> status(200) -> <shunt>',
      request: { headers: { Cookie: 'canary=B' } },
      response: { status: 404 },
    },
  ],
  create: ([share, cookie, group]) => {
    if (cookie === undefined) return { match: () => Math.random() < share, drawsLots: true };
    if (group === undefined) throw new ArgError('expects 1 or 3 arguments (share, [cookie, group]), found 2');
    const member = textToOctets(group);
    return {
      drawsLots: true,
      match: ({ headers }) => {
        const value = member === '' ? null : cookieValue(headers, cookie);
        return value === null ? Math.random() < share : value === member;
      },
    };
  },
});

/** Matches the requests whose random number is in an interval. */
export const trafficSegment = definePredicate({
  name: 'TrafficSegment',
  summary: 'Matches when the random number of the request is at least min and below max.',
  details: [
    'Each request has one such number, the same for all routes, so routes whose segments cover 0 to 1 share the traffic',
    'out exactly. Adds nothing to the rank of its route. min and max the same: never.',
  ].join(' '),
  args: [
    arg.number('min', { min: 0, max: 1, doc: 'from 0 to 1, inclusive' }),
    arg.number('max', { min: 0, max: 1, doc: 'from 0 to 1, exclusive' }),
  ],
  source: 'Skipper',
  examples: [
    { route: 'TrafficSegment(0, 1) -> status(200) -> <shunt>', response: { status: 200 } },
    {
      title: 'Two halves make a whole',
      route: [
        'a: TrafficSegment(0, 0.5) -> status(200) -> <shunt>;',
        'b: TrafficSegment(0.5, 1) -> status(200) -> <shunt>;',
      ].join('\n'),
      response: { status: 200 },
    },
    { route: 'TrafficSegment(0, 0) -> status(200) -> <shunt>', response: { status: 404 } },
  ],
  create: ([min, max]) => {
    if (min > max) throw new ArgError(`expected min to be at most max, found ${min} and ${max}`, 1);
    return { match: ({ random }) => min <= random && random < max, weight: 0 };
  },
});
