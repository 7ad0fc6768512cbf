import { arg, cookieValue, definePredicate, octetsToText, secretByName } from '../../plugin/index.ts';

/** Matches a cookie's value against a regular expression. */
export const cookie = definePredicate({
  name: 'Cookie',
  summary: 'Matches when the request has the cookie and the regular expression is found in its value.',
  details: [
    'Of several cookies of that name only the first counts. Quotes around the value are left out; a cookie without "="',
    'has an empty value. Names are case-sensitive. The expression is not anchored.',
  ].join(' '),
  args: [arg.string('name'), arg.regexp('expression', { secret: secretByName })],
  source: 'Skipper; RFC 6265 §4.2',
  examples: [
    {
      route: 'Cookie("beta", /^(1|yes)$/) -> status(200) -> <shunt>',
      request: { headers: { Cookie: 'sid=7; beta=yes' } },
      response: { status: 200 },
    },
    {
      route: 'Cookie("beta", /^(1|yes)$/) -> status(200) -> <shunt>',
      request: { headers: { Cookie: 'sid=7; beta=no' } },
      response: { status: 404 },
    },
  ],
  create: ([name, expression]) => ({
    match: ({ headers }) => {
      const value = cookieValue(headers, name);
      return value !== null && expression.test(octetsToText(value));
    },
  }),
});
