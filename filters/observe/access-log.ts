import {
  type AccessLogRule,
  accessLogRule,
  arg,
  defineFilter,
  type Filter,
  maskedQueryParams,
} from '../../src/plugin/index.ts';

const PREFIXES =
  'A number of 1 digit names a class (4: 400 to 499), of 2 digits a decade (40: 400 to 409), of 3 digits a status. The last filter of the kind in a route holds.';

const prefixes = arg.rest(arg.int('status', { min: 1, max: 599, doc: 'a status or the digits it begins with' }));

function ruled(rule: AccessLogRule): Filter {
  return {
    request({ state }) {
      state.set(accessLogRule, rule);
    },
  };
}

/** Writes the access log's line for some statuses. */
export const enableAccessLog = defineFilter({
  name: 'enableAccessLog',
  summary: 'Has the access log write a line for responses with these statuses only, or with any, where none is named.',
  details: `Also where --access-log-disabled is given. ${PREFIXES}`,
  args: [prefixes],
  source: 'Skipper',
  examples: [
    {
      title: 'Failures only',
      route: '* -> enableAccessLog(4, 5) -> "http://origin.example"',
      response: { status: 200 },
    },
  ],
  create: ([statusPrefixes]) => ruled({ writes: true, statusPrefixes }),
});

/** Leaves out the access log's line for some statuses. */
export const disableAccessLog = defineFilter({
  name: 'disableAccessLog',
  summary: 'Has the access log write no line for responses with these statuses, or with any, where none is named.',
  details: `Responses with other statuses get their line. ${PREFIXES}`,
  args: [prefixes],
  source: 'Skipper',
  examples: [
    {
      title: 'A health check that is not worth a line while it succeeds',
      route: 'Path("/healthz") -> disableAccessLog(2) -> status(200) -> <shunt>',
      request: { target: '/healthz' },
      response: { status: 200 },
    },
  ],
  create: ([statusPrefixes]) => ruled({ writes: false, statusPrefixes }),
});

/** The old name of the two above. */
export const accessLogDisabled = defineFilter({
  name: 'accessLogDisabled',
  summary: 'Has the access log write no line ("true"), or one for every response ("false").',
  details: 'An old name: write disableAccessLog() or enableAccessLog().',
  args: [arg.oneOf('disabled', ['true', 'false'])],
  source: 'Skipper',
  examples: [{ route: '* -> accessLogDisabled("true") -> status(204) -> <shunt>', response: { status: 204 } }],
  create: ([disabled]) => ruled({ writes: disabled === 'false', statusPrefixes: [] }),
});

const parameter = arg.custom('parameter', 'string', (value) => {
  if (typeof value !== 'string' || value === '')
    throw new Error(`expected the name of a query parameter, found ${JSON.stringify(value)}`);
  return value;
});

/** Keeps the values of query parameters out of the access log. */
export const maskAccessLogQuery = defineFilter({
  name: 'maskAccessLogQuery',
  summary: 'Shows the values of these query parameters in the access log as hashes.',
  details: `A hash is the first 16 hexadecimal digits of the SHA-256 of the decoded value: equal values can be told from others, and a value that is easily guessed can be found by guessing. The rest of the query stays as it came. Several filters add up.

Differences from Skipper: it writes decimal xxHash64 values, sorts the query, and turns on a log that an earlier disableAccessLog() has turned off.`,
  args: [arg.rest(parameter, 1)],
  source: 'Skipper',
  examples: [
    {
      route: '* -> maskAccessLogQuery("token", "email") -> "http://origin.example"',
      request: { target: '/?token=secret&page=2' },
      upstream: { target: '/?token=secret&page=2' },
    },
  ],
  create: ([parameters]) => {
    const own: ReadonlySet<string> = new Set(parameters);
    return {
      request({ state }) {
        const others = state.get(maskedQueryParams);
        state.set(maskedQueryParams, others === undefined ? own : new Set([...others, ...own]));
      },
    };
  },
});
