import { arg, definePredicate, octetsToText, type Predicate, secretByName, textToOctets } from '../../plugin/index.ts';

/** Host is not looked at here, as in Skipper, so that a Skipper table routes the same: there are Host and HostAny. */
const isHost = (name: string): boolean => name.toLowerCase() === 'host';
const textsOf = (lines: readonly string[]): string[] => lines.map(octetsToText);
const NEVER: Predicate = { match: () => false };

/** Matches a header's value literally. */
export const header = definePredicate({
  name: 'Header',
  summary: 'Matches when one of the values of the header is this one.',
  details: [
    'Each field line is one value; lists in it are not taken apart. The name may be written in any case, the value not.',
    'The header Host never matches, as in Skipper: use Host or HostAny.',
  ].join(' '),
  args: [arg.headerName('name'), arg.string('value', { secret: secretByName })],
  source: 'Skipper',
  examples: [
    {
      route: 'Header("Accept", "application/json") -> status(200) -> <shunt>',
      request: { headers: { accept: 'application/json' } },
      response: { status: 200 },
    },
    {
      route: 'Header("Accept", "application/json") -> status(200) -> <shunt>',
      request: { headers: { Accept: 'application/json;q=0.9' } },
      response: { status: 404 },
    },
  ],
  create: ([name, value]) => {
    if (isHost(name)) return NEVER;
    const octets = textToOctets(value);
    return {
      match: ({ headers }) =>
        headers.get(name) === octets || (headers.has(name) && headers.getAll(name).includes(octets)),
      index: { kind: 'header', name, value: octets },
    };
  },
});

/** Matches a header's value against a regular expression. */
export const headerRegexp = definePredicate({
  name: 'HeaderRegexp',
  summary: 'Matches when the regular expression is found in one of the values of the header.',
  details:
    'Each field line is one value. The expression is not anchored. The header Host never matches, as in Skipper: use Host or HostAny.',
  args: [arg.headerName('name'), arg.regexp('expression', { secret: secretByName })],
  source: 'Skipper',
  examples: [
    {
      route: 'HeaderRegexp("User-Agent", /(?i)bot/) -> status(200) -> <shunt>',
      request: { headers: { 'User-Agent': 'GoogleBot/2.1' } },
      response: { status: 200 },
    },
    {
      title: 'An absent header does not match',
      route: 'HeaderRegexp("X-Tenant", /^[a-z]*$/) -> status(200) -> <shunt>',
      response: { status: 404 },
    },
  ],
  create: ([name, expression]) =>
    isHost(name)
      ? NEVER
      : {
          match: ({ headers }) =>
            headers.has(name) && headers.parsed(name, textsOf).some((text) => expression.test(text)),
        },
});
