import { arg, defineFilter, type FilterContext, type HeaderList, textToOctets } from '../../src/plugin/index.ts';
import { NAMES, namedValue } from '../lib/named-value.ts';
import { hostWriter, isHost } from './header-fields.ts';

const DETAILS = `Does nothing where there is no such value. ${NAMES}

Difference from Skipper: the names of values are Sluice's own, and annotations are found too.`;

const args = [
  arg.headerName('header', { writes: true }),
  arg.string('name', { doc: 'of the value in the state of the request' }),
] as const;

const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/g;

/** The value as octets that may stand in a header; null when there is none. */
function headerText({ state }: FilterContext, name: string): string | null {
  const value = namedValue(state, name);
  return value === null ? null : textToOctets(value).replace(CONTROL, ' ');
}

type Write = (headers: HeaderList, header: string, value: string) => void;
const assert: Write = (headers, header, value) => headers.assert(header, value);
const set: Write = (headers, header, value) => headers.set(header, value);
const append: Write = (headers, header, value) => headers.append(header, value);

const onRequest = (write: Write, header: string, name: string) =>
  isHost(header)
    ? hostWriter((ctx) => headerText(ctx, name))
    : {
        request(ctx: FilterContext) {
          const value = headerText(ctx, name);
          if (value !== null) write(ctx.request.headers, header, value);
        },
      };

const onResponse = (write: Write, header: string, name: string) => ({
  response(ctx: FilterContext) {
    const value = headerText(ctx, name);
    if (value !== null) write(ctx.response.headers, header, value);
  },
});

/** Gives a request header a value that other filters found out. */
export const setContextRequestHeader = defineFilter({
  name: 'setContextRequestHeader',
  summary: 'Gives the request header one value, which another filter keeps in the state of the request.',
  details: DETAILS,
  args,
  source: 'Skipper',
  examples: [
    {
      route:
        '* -> annotate("team", "checkout") -> setContextRequestHeader("X-Team", "team") -> "http://origin.example"',
      request: { headers: { 'X-Team': 'forged' } },
      upstream: { headers: { 'X-Team': 'checkout' } },
    },
  ],
  create: ([header, name]) => onRequest(assert, header, name),
});

/** Adds a value that other filters found out to a request header. */
export const appendContextRequestHeader = defineFilter({
  name: 'appendContextRequestHeader',
  summary: 'Adds to the request header a line with a value that another filter keeps in the state of the request.',
  details: DETAILS,
  args,
  source: 'Skipper',
  examples: [
    {
      route: '* -> annotate("team", "b") -> appendContextRequestHeader("X-Team", "team") -> "http://origin.example"',
      request: { headers: { 'X-Team': 'a' } },
      upstream: { headers: { 'X-Team': 'a, b' } },
    },
  ],
  create: ([header, name]) => onRequest(append, header, name),
});

/** Gives a response header a value that other filters found out. */
export const setContextResponseHeader = defineFilter({
  name: 'setContextResponseHeader',
  summary: 'Gives the response header one value, which another filter keeps in the state of the request.',
  details: DETAILS,
  args,
  source: 'Skipper',
  examples: [
    {
      route:
        '* -> setContextResponseHeader("X-Team", "team") -> annotate("team", "checkout") -> status(204) -> <shunt>',
      response: { status: 204, headers: { 'X-Team': 'checkout' } },
    },
  ],
  create: ([header, name]) => onResponse(set, header, name),
});

/** Adds a value that other filters found out to a response header. */
export const appendContextResponseHeader = defineFilter({
  name: 'appendContextResponseHeader',
  summary: 'Adds to the response header a line with a value that another filter keeps in the state of the request.',
  details: DETAILS,
  args,
  source: 'Skipper',
  examples: [
    {
      route: '* -> appendContextResponseHeader("X-Team", "team") -> annotate("team", "b") -> "http://origin.example"',
      origin: { headers: { 'X-Team': 'a' } },
      response: { headers: { 'X-Team': 'a, b' } },
    },
  ],
  create: ([header, name]) => onResponse(append, header, name),
});
