import { arg, baggageValue, definePredicate, isToken } from '../../plugin/index.ts';

/** Matches a member of the W3C baggage. */
export const otelBaggage = definePredicate({
  name: 'OTelBaggage',
  summary: 'Matches when the baggage header has the member, and that has this value if one is given.',
  details:
    'Of several members of one key the first counts. Values are percent-decoded; properties behind ";" are left out. An empty value asks for the key alone.\n\nDifference from Skipper: the header is read itself, so that it works without tracing.',
  args: [
    arg.custom('key', 'token', (value) => {
      if (typeof value !== 'string' || !isToken(value))
        throw new Error(`expected a key of baggage, found ${JSON.stringify(value)}`);
      return value;
    }),
    arg.optional(arg.string('value'), ''),
  ],
  source: 'Skipper; W3C Baggage §3.3',
  examples: [
    {
      route: 'OTelBaggage("tenant") -> status(200) -> <shunt>',
      request: { headers: { baggage: 'user=ada, tenant=a%20b;ttl=1' } },
      response: { status: 200 },
    },
    {
      route: 'OTelBaggage("tenant", "a b") -> status(200) -> <shunt>',
      request: { headers: { baggage: 'user=ada, tenant=a%20b;ttl=1' } },
      response: { status: 200 },
    },
    {
      route: 'OTelBaggage("tenant", "c") -> status(200) -> <shunt>',
      request: { headers: { baggage: 'tenant=d' } },
      response: { status: 404 },
    },
  ],
  create: ([key, value]) => ({
    match({ headers }) {
      const found = baggageValue(headers, key);
      return found !== null && (value === '' || found === value);
    },
  }),
});
