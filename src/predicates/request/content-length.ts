import { ArgError, arg, definePredicate } from '../../plugin/index.ts';

/** Matches the length of the content. */
export const contentLengthBetween = definePredicate({
  name: 'ContentLengthBetween',
  summary: 'Matches when the length of the content is at least min and below max.',
  details:
    'A request without content has the length 0. Content of unknown length (chunked, or HTTP/2 without Content-Length) never matches: such a request may be longer than any limit. Fractions are refused; Skipper cuts them off.',
  args: [
    arg.int('min', { min: 0, doc: 'in bytes, inclusive' }),
    arg.int('max', { min: 1, doc: 'in bytes, exclusive' }),
  ],
  source: 'Skipper',
  examples: [
    {
      route: 'ContentLengthBetween(1, 10) -> status(200) -> <shunt>',
      request: { method: 'POST', headers: { 'Content-Length': '5' }, body: 'hello' },
      response: { status: 200 },
    },
    {
      route: 'ContentLengthBetween(1, 5) -> status(200) -> <shunt>',
      request: { method: 'POST', headers: { 'Content-Length': '5' }, body: 'hello' },
      response: { status: 404 },
    },
    { title: 'No content', route: 'ContentLengthBetween(0, 5) -> status(200) -> <shunt>', response: { status: 200 } },
    {
      title: 'Unknown length',
      route: 'ContentLengthBetween(0, 1000) -> status(200) -> <shunt>',
      request: { method: 'POST', headers: { 'Transfer-Encoding': 'chunked' }, body: 'hello' },
      response: { status: 404 },
    },
  ],
  create: ([min, max]) => {
    if (min >= max) throw new ArgError(`expected max to be more than min, found ${min} and ${max}`, 1);
    return {
      match({ body, headers }) {
        // Chunked content may have come as a whole already: whether it has must not decide on the route.
        if (headers.has('Transfer-Encoding')) return false;
        if (body === null) return min === 0;
        return body.length !== null && min <= body.length && body.length < max;
      },
    };
  },
});
