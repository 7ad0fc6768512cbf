import { arg, defineFilter } from '../../src/plugin/index.ts';

const timeout = arg.custom('timeout', 'duration', (value) => {
  const timeoutMs = arg.duration('timeout').read(value) as number;
  if (timeoutMs <= 0) throw new Error(`expected a duration above 0, found ${JSON.stringify(value)}`);
  return timeoutMs;
});

/** Bounds the time the backend may take. */
export const backendTimeout = defineFilter({
  name: 'backendTimeout',
  summary: 'Answers 504 when the response head of the backend is not there in time.',
  details:
    'Counts from connecting on, tries on other endpoints included; the body that follows may take longer. The last one in a route holds.',
  args: [timeout],
  source: 'Skipper',
  examples: [{ route: '* -> backendTimeout("1m30s") -> "http://origin.example"', response: { status: 200 } }],
  create: ([timeoutMs]) => ({
    request({ upstream }) {
      upstream.timeoutMs = timeoutMs;
    },
  }),
});

/** Bounds the time the client may take to send its request. */
export const readTimeout = defineFilter({
  name: 'readTimeout',
  summary: 'Answers 408 when the request body is not there in time.',
  details: `Counts from this filter on and takes the place of the time that the listener grants to the whole request. A request whose body is there already, or that has none, is not affected. It is looked at every 100 ms.

Difference from Skipper: the answer is 408 (RFC 9110 §15.5.9), not 499.`,
  args: [timeout],
  source: 'Skipper',
  examples: [
    {
      route: '* -> readTimeout("10s") -> "http://origin.example"',
      request: { method: 'POST', body: 'in time' },
      upstream: { body: 'in time' },
    },
  ],
  create: ([requestTimeoutMs]) => ({ request: (ctx) => ctx.boundClient({ requestTimeoutMs }) }),
});

/** Bounds the time the client may take to read the response. */
export const writeTimeout = defineFilter({
  name: 'writeTimeout',
  summary: 'Cuts the connection when the client has not taken the whole response in time.',
  details:
    'Counts from the head of the response on, however long the backend takes to send the body; responses that stream for ever end there. Without it only a client that takes nothing for a while is cut off. It is looked at every 100 ms.',
  args: [timeout],
  source: 'Skipper',
  examples: [
    {
      route: '* -> writeTimeout("1m") -> "http://origin.example"',
      origin: { body: 'in time' },
      response: { status: 200, body: 'in time' },
    },
  ],
  create: ([responseTimeoutMs]) => ({ request: (ctx) => ctx.boundClient({ responseTimeoutMs }) }),
});
