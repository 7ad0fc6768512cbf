import {
  ArgError,
  arg,
  type BearerPayload,
  bearerPayload,
  definePredicate,
  type Predicate,
  regexpArgument,
} from '../../plugin/index.ts';

/** A claim and the test its text has to stand. */
interface Wanted {
  readonly claim: string;
  readonly fits: (value: string) => boolean;
}

function holds(payload: BearerPayload, { claim, fits }: Wanted): boolean {
  if (!Object.hasOwn(payload, claim)) return false;
  const value = payload[claim];
  return typeof value === 'string' && fits(value);
}

function anyOf(wanted: readonly Wanted[]): Predicate {
  return {
    match({ headers }) {
      const payload = bearerPayload(headers);
      return payload !== null && wanted.some((each) => holds(payload, each));
    },
  };
}

function allOf(wanted: readonly Wanted[]): Predicate {
  return {
    match({ headers }) {
      const payload = bearerPayload(headers);
      return payload !== null && wanted.every((each) => holds(payload, each));
    },
  };
}

function inPairs(values: readonly string[]): [claim: string, value: string][] {
  if (values.length % 2 !== 0)
    throw new ArgError(`expects pairs of claim and value, found ${values.length} arguments`, values.length - 1);
  return values.flatMap((claim, at): [string, string][] => (at % 2 === 0 ? [[claim, values[at + 1] as string]] : []));
}

const literals = (values: readonly string[]): Wanted[] =>
  inPairs(values).map(([claim, text]) => ({ claim, fits: (value) => value === text }));

const expressions = (values: readonly string[]): Wanted[] =>
  inPairs(values).map(([claim, source], pair) => {
    try {
      const expression = regexpArgument(source);
      return { claim, fits: (value) => expression.test(value) };
    } catch (error) {
      throw new ArgError(`argument ${2 * pair + 2} (expression): ${(error as Error).message}`, 2 * pair + 1);
    }
  });

const pairsOf = (what: string) =>
  arg.rest(arg.string(`claim, ${what}`, { doc: `name of a claim and its ${what}, in turn` }), 2);

const UNVERIFIED = [
  'The signature is not checked, so this tells tokens apart but proves nothing: verify with jwtValidation on the route.',
  'Claims that are not strings never match. The token follows "Bearer" in Authorization.',
  'Payloads of the 1024 tokens seen last are kept; Skipper keeps what it has found for ever, or for an hour.',
].join(' ');

/** {"iss":"https://issuer.example","sub":"ada"} */
const TOKEN = 'Bearer e30.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoiYWRhIn0.c2ln';
const request = { headers: { Authorization: TOKEN } };

/** Matches when some claim of an unverified JWT has its value. */
export const jwtPayloadAnyKv = definePredicate({
  name: 'JWTPayloadAnyKV',
  summary: 'Matches when at least one of the claims of the bearer JWT has the value given with it.',
  details: UNVERIFIED,
  args: [pairsOf('value')],
  source: 'Skipper; RFC 7519',
  examples: [
    {
      route: 'JWTPayloadAnyKV("iss", "https://other.example", "sub", "ada") -> status(200) -> <shunt>',
      request,
      response: { status: 200 },
    },
    { route: 'JWTPayloadAnyKV("sub", "bob") -> status(200) -> <shunt>', request, response: { status: 404 } },
  ],
  create: ([pairs]) => anyOf(literals(pairs)),
});

/** Matches when every claim of an unverified JWT has its value. */
export const jwtPayloadAllKv = definePredicate({
  name: 'JWTPayloadAllKV',
  summary: 'Matches when all claims of the bearer JWT have the values given with them.',
  details: UNVERIFIED,
  args: [pairsOf('value')],
  source: 'Skipper; RFC 7519',
  examples: [
    {
      route: 'JWTPayloadAllKV("iss", "https://issuer.example", "sub", "ada") -> status(200) -> <shunt>',
      request,
      response: { status: 200 },
    },
    {
      route: 'JWTPayloadAllKV("iss", "https://issuer.example", "sub", "bob") -> status(200) -> <shunt>',
      request,
      response: { status: 404 },
    },
  ],
  create: ([pairs]) => allOf(literals(pairs)),
});

/** Matches when an expression is found in some claim of an unverified JWT. */
export const jwtPayloadAnyKvRegexp = definePredicate({
  name: 'JWTPayloadAnyKVRegexp',
  summary: 'Matches when the regular expression is found in its claim of the bearer JWT, for at least one pair.',
  details: `${UNVERIFIED} The expressions are not anchored.`,
  args: [pairsOf('expression')],
  source: 'Skipper; RFC 7519',
  examples: [
    {
      route: 'JWTPayloadAnyKVRegexp("iss", "[.]example$", "sub", "^b") -> status(200) -> <shunt>',
      request,
      response: { status: 200 },
    },
    {
      title: 'Without a token',
      route: 'JWTPayloadAnyKVRegexp("sub", ".*") -> status(200) -> <shunt>',
      response: { status: 404 },
    },
  ],
  create: ([pairs]) => anyOf(expressions(pairs)),
});

/** Matches when all expressions are found in their claims of an unverified JWT. */
export const jwtPayloadAllKvRegexp = definePredicate({
  name: 'JWTPayloadAllKVRegexp',
  summary: 'Matches when each regular expression is found in its claim of the bearer JWT.',
  details: `${UNVERIFIED} The expressions are not anchored.`,
  args: [pairsOf('expression')],
  source: 'Skipper; RFC 7519',
  examples: [
    {
      route: 'JWTPayloadAllKVRegexp("iss", "[.]example$", "sub", "^a") -> status(200) -> <shunt>',
      request,
      response: { status: 200 },
    },
    {
      route: 'JWTPayloadAllKVRegexp("iss", "[.]example$", "sub", "^b") -> status(200) -> <shunt>',
      request,
      response: { status: 404 },
    },
  ],
  create: ([pairs]) => allOf(expressions(pairs)),
});
