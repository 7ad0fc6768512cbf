import {
  arg,
  defineFilter,
  type Filter,
  type FilterContext,
  type HeaderList,
  octetsToText,
} from '../../src/plugin/index.ts';
import { CHARSETS, charsetEncoder } from './charset.ts';

/** Changes the octets of a header value; null: they cannot be changed so. */
type Recode = (octets: string) => string | null;
type Phase = 'request' | 'response';

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
/** What no header value may hold (RFC 9110 §5.5): neither client nor backend takes it. */
const FORBIDDEN = /[\0-\x08\x0a-\x1f\x7f]/;

/** Writes a request header in base64. */
export const encodeBase64RequestHeader = base64Filter('encodeBase64RequestHeader', 'request', 'encode');
/** Writes a response header in base64. */
export const encodeBase64ResponseHeader = base64Filter('encodeBase64ResponseHeader', 'response', 'encode');
/** Reads a request header from base64. */
export const decodeBase64RequestHeader = base64Filter('decodeBase64RequestHeader', 'request', 'decode');
/** Reads a response header from base64. */
export const decodeBase64ResponseHeader = base64Filter('decodeBase64ResponseHeader', 'response', 'decode');
/** Writes a request header in a legacy charset. */
export const encodeRequestHeader = charsetFilter('encodeRequestHeader', 'request');
/** Writes a response header in a legacy charset. */
export const encodeResponseHeader = charsetFilter('encodeResponseHeader', 'response');

function base64Filter(name: string, phase: Phase, direction: 'encode' | 'decode') {
  const recode = direction === 'encode' ? encodeBase64 : decodeBase64;
  const [from, to] = direction === 'encode' ? ['me:secret', 'bWU6c2VjcmV0'] : ['bWU6c2VjcmV0', 'me:secret'];
  return defineFilter({
    name,
    summary: direction === 'encode' ? `Encodes a ${phase} header in base64.` : `Decodes a ${phase} header from base64.`,
    details:
      'With a part, only that one of the parts between spaces changes, counted from 0: of "Basic bWU6c2VjcmV0" part 1 is the credentials. Each line of the header is changed on its own. A value that has no such part, is no base64, or would break the message when decoded stays, and the log gets a warning. Base64 is the standard alphabet with padding; decoding takes base64url and missing padding too.',
    source: 'Skipper; RFC 4648 §4',
    args: [
      arg.headerName('name', { writes: true }),
      arg.optional(arg.int('part', { min: 0, doc: 'which part, from 0; default: the whole value' })),
    ],
    examples: [
      { title: 'The whole value', ...exampleOf(phase, `${name}("X-Auth")`, ['X-Auth', from, to]) },
      {
        title: 'One part',
        ...exampleOf(phase, `${name}("X-Auth", 1)`, ['X-Auth', `Basic ${from}`, `Basic ${to}`]),
      },
    ],
    create: ([header, part]) => recodeIn(phase, header, part === undefined ? recode : inPart(part, recode)),
  });
}

function charsetFilter(name: string, phase: Phase) {
  return defineFilter({
    name,
    summary: `Writes a ${phase} header in a legacy charset instead of UTF-8.`,
    details:
      'Each line of the header is changed on its own. A value with a character that the charset lacks stays, and the log gets a warning.\n\nDifference from Skipper: the code pages 037, 437, 850, 852, 855, 858, 860, 862, 863, 865, 1047 and 1140 are not known here.',
    source: 'Skipper; WHATWG Encoding Standard',
    args: [arg.headerName('name', { writes: true }), arg.oneOf('charset', CHARSETS)],
    examples: [
      {
        title: 'The ö is one octet then, F6; as UTF-8 it was two',
        ...(phase === 'request'
          ? {
              route: `* -> setRequestHeader("X-City", "Malmö") -> ${name}("X-City", "ISO8859_1") -> "http://origin.example"`,
              upstream: { headers: { 'X-City': 'Malm\xf6' } },
            }
          : {
              route: `* -> ${name}("X-City", "ISO8859_1") -> setResponseHeader("X-City", "Malmö") -> status(204) -> <shunt>`,
              response: { status: 204, headers: { 'X-City': 'Malm\xf6' } },
            }),
      },
    ],
    create: ([header, charset]) => {
      const encode = charsetEncoder(charset);
      return recodeIn(phase, header, (octets) => encode(octetsToText(octets)));
    },
  });
}

function exampleOf(phase: Phase, filter: string, [name, from, to]: readonly [string, string, string]) {
  const route = `* -> ${filter} -> "http://origin.example"`;
  return phase === 'request'
    ? { route, request: { headers: { [name]: from } }, upstream: { headers: { [name]: to } } }
    : { route, origin: { headers: { [name]: from } }, response: { headers: { [name]: to } } };
}

function recodeIn(phase: Phase, name: string, recode: Recode): Filter {
  const change = (ctx: FilterContext, headers: HeaderList): void =>
    headers.mapValues(name, (value) => {
      const changed = recode(value);
      if (changed !== null && !FORBIDDEN.test(changed)) return changed;
      ctx.log.warn('a header value cannot be recoded', { header: name });
      return value;
    });
  return phase === 'request'
    ? { request: (ctx) => change(ctx, ctx.request.headers) }
    : { response: (ctx) => change(ctx, ctx.response.headers) };
}

function inPart(part: number, recode: Recode): Recode {
  return (octets) => {
    const parts = octets.trim().split(/\s+/);
    const old = parts[part];
    const changed = old === undefined ? null : recode(old);
    if (changed === null) return null;
    parts[part] = changed;
    return parts.join(' ');
  };
}

function encodeBase64(octets: string): string {
  return Buffer.from(octets, 'latin1').toString('base64');
}

function decodeBase64(octets: string): string | null {
  if (!BASE64.test(octets) || octets.replace(/=+$/, '').length % 4 === 1) return null;
  return Buffer.from(octets, 'base64').toString('latin1');
}
