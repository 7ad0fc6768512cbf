import { arg, definePredicate } from '../../plugin/index.ts';
import { methodAdvice, STANDARD_METHODS } from '../lib/advice.ts';

/** Matches one method. */
export const method = definePredicate({
  name: 'Method',
  summary: 'Matches when the method is this one, case included.',
  details: 'Methods are case-sensitive: "get" is not GET. Any method may be named. A route has at most one Method.',
  args: [arg.advised(arg.string('method'), methodAdvice)],
  source: 'Skipper; RFC 9110 §9.1',
  examples: [
    {
      route: 'Method("POST") -> status(200) -> <shunt>',
      request: { method: 'POST' },
      response: { status: 200 },
    },
    {
      title: 'HEAD is not GET',
      route: 'Method("GET") -> status(200) -> <shunt>',
      request: { method: 'HEAD' },
      response: { status: 404 },
    },
  ],
  create: ([name]) => ({
    match: (request) => request.method === name,
    index: { kind: 'method', methods: [name] },
  }),
});

const standardMethod = arg.custom('method', 'method', (value) => {
  const name = typeof value === 'string' ? value.toUpperCase() : '';
  if (!STANDARD_METHODS.includes(name))
    throw new Error(`expected one of ${STANDARD_METHODS.join(', ')}, found ${JSON.stringify(value)}`);
  return name;
});

/** Matches some methods. */
export const methods = definePredicate({
  name: 'Methods',
  summary: 'Matches when the method is one of these.',
  details: 'The arguments may be written in any case, and only the nine standard methods are known.',
  args: [arg.rest(standardMethod, 1)],
  source: 'Skipper; RFC 9110 §9.3, RFC 5789',
  examples: [
    {
      route: 'Methods("get", "HEAD") -> status(200) -> <shunt>',
      request: { method: 'GET' },
      response: { status: 200 },
    },
    {
      route: 'Methods("GET", "HEAD") -> status(200) -> <shunt>',
      request: { method: 'DELETE' },
      response: { status: 404 },
    },
  ],
  create: ([names]) => ({
    match: (request) => names.includes(request.method),
    index: { kind: 'method', methods: names },
  }),
});
