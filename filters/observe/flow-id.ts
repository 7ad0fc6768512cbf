import { arg, defineFilter } from '../../src/plugin/index.ts';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-+';
const LENGTH = 16;
const VALID = /^[0-9a-zA-Z+-]{8,64}$/;

/** Random octets in stock, since drawing many at once costs hardly more than drawing a few. */
const stock = new Uint8Array(LENGTH * 256);
let taken = stock.length;

function newFlowId(): string {
  if (taken === stock.length) {
    crypto.getRandomValues(stock);
    taken = 0;
  }
  let id = '';
  for (const end = taken + LENGTH; taken < end; taken++) id += ALPHABET[(stock[taken] as number) & 63];
  return id;
}

const reuse = arg.custom('reuse', '"reuse"', (value) => {
  if (String(value).toLowerCase() !== 'reuse') throw new Error(`expected "reuse", found ${JSON.stringify(value)}`);
  return true;
});

/** Marks the request so that its way through many programs can be followed. */
export const flowId = defineFilter({
  name: 'flowId',
  summary: 'Sets the request header X-Flow-Id to a new random id of 16 characters.',
  details:
    'With "reuse", an id that came with the request stays, if it is made of 8 to 64 letters, digits, "+" and "-".',
  args: [arg.optional(reuse, false)],
  source: 'Skipper',
  examples: [
    {
      route: '* -> flowId() -> "http://origin.example"',
      request: { headers: { 'X-Flow-Id': 'chosen-by-the-client' } },
      upstream: { headers: { 'X-Flow-Id': /^[0-9a-zA-Z+-]{16}$/ } },
    },
    {
      route: '* -> flowId("reuse") -> "http://origin.example"',
      request: { headers: { 'X-Flow-Id': 'chosen-by-the-client' } },
      upstream: { headers: { 'X-Flow-Id': 'chosen-by-the-client' } },
    },
    {
      title: 'An invalid id is not reused',
      route: '* -> flowId("reuse") -> "http://origin.example"',
      request: { headers: { 'X-Flow-Id': 'short' } },
      upstream: { headers: { 'X-Flow-Id': /^[0-9a-zA-Z+-]{16}$/ } },
    },
  ],
  create: ([keep]) => ({
    request({ request: { headers } }) {
      if (keep && VALID.test(headers.get('X-Flow-Id') ?? '')) return;
      headers.assert('X-Flow-Id', newFlowId());
    },
  }),
});
