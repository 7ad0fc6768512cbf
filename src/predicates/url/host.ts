import {
  arg,
  definePredicate,
  type IndexHint,
  type LiteralFacts,
  literalFacts,
  type Regexp,
  type Request,
} from '../../plugin/index.ts';
import { hostAdvice, hostExpressionAdvice } from '../lib/advice.ts';

function hostHint(facts: LiteralFacts): IndexHint | null {
  if (facts.caseInsensitive) return null;
  const hosts = facts.hostNames ?? facts.exact;
  if (hosts !== undefined) return { kind: 'host', hosts };
  const suffix = (facts.hostSuffixes ?? facts.suffixes ?? ['']).reduce(commonSuffix);
  return suffix === '' ? null : { kind: 'host-suffix', suffix };
}

function testing(expression: Regexp): (request: Request) => boolean {
  return (request) => expression.test(request.host);
}

function commonSuffix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a.at(-1 - length) === b.at(-1 - length)) length++;
  return length === 0 ? '' : a.slice(-length);
}

/** Matches the host against a regular expression. */
export const host = definePredicate({
  name: 'Host',
  summary: 'Matches when the regular expression is found in the host the client asked for.',
  details: [
    'The host is taken as sent: with its port, its case kept. The expression is not anchored; write "^" and "$", and',
    '"[.]" for a dot. Expressions that stand for some whole hosts, or end in a literal such as "[.]example[.]org$", are',
    'looked up in an index, whose cost does not grow with the table. May stand several times; all must match.',
  ].join(' '),
  args: [arg.advised(arg.regexp('expression'), hostExpressionAdvice)],
  source: 'Skipper',
  examples: [
    {
      route: 'Host(/^(www[.])?example[.]org$/) -> status(200) -> <shunt>',
      request: { headers: { Host: 'www.example.org' } },
      response: { status: 200 },
    },
    {
      title: 'The port is part of the host',
      route: 'Host(/^example[.]org$/) -> status(200) -> <shunt>',
      request: { headers: { Host: 'example.org:8080' } },
      response: { status: 404 },
    },
  ],
  create: ([expression]) => {
    const facts = literalFacts(expression.source);
    const index = hostHint(facts);
    const exact = facts.caseInsensitive ? undefined : facts.exact;
    const match = exact === undefined ? testing(expression) : (request: Request) => exact.includes(request.host);
    return { match, ...(index === null ? {} : { index }) };
  },
});

/** Matches some hosts literally. */
export const hostAny = definePredicate({
  name: 'HostAny',
  summary: 'Matches when the host the client asked for is one of these, byte for byte.',
  details: 'The port counts: "example.org" and "example.org:8080" are two hosts. So does the case.',
  args: [arg.rest(arg.advised(arg.string('host'), hostAdvice), 1)],
  source: 'Skipper',
  examples: [
    {
      route: 'HostAny("example.org", "www.example.org") -> status(200) -> <shunt>',
      request: { headers: { Host: 'example.org' } },
      response: { status: 200 },
    },
    {
      route: 'HostAny("example.org") -> status(200) -> <shunt>',
      request: { headers: { Host: 'api.example.org' } },
      response: { status: 404 },
    },
  ],
  create: ([hosts]) => ({
    match: (request) => hosts.includes(request.host),
    index: { kind: 'host', hosts },
  }),
});
