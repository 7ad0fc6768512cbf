import {
  ArgError,
  type ArgValue,
  arg,
  defineFilter,
  type Filter,
  type FilterContext,
  type HeaderList,
  isBodiless,
  listMembers,
  type Response,
} from '../../src/plugin/index.ts';
import { negotiateCoding } from '../lib/accept-encoding.ts';
import { addVary, forgetBytes, isCoded, isPlainWhole, weakenRevalidated } from '../lib/content-change.ts';
import type { ContentCoding } from '../lib/content-coding.ts';
import { encodeBody } from './coded-body.ts';

/** The media types that are compressed unless the route says otherwise; Skipper's list. */
const DEFAULT_TYPES = [
  'text/plain',
  'text/html',
  'text/css',
  'text/javascript',
  'application/json',
  'application/javascript',
  'application/x-javascript',
  'image/svg+xml',
  'application/octet-stream',
] as const;

/** Shorter content stays as it is: at most some 100 bytes would be won, which saves no packet, for 20 µs at each end. */
const MIN_BYTES = 256;

const FASTEST_LEVEL = 1;

/** Compresses response bodies for the clients that accept it. */
export const compress = defineFilter({
  name: 'compress',
  summary: 'Compresses the response for clients that accept zstd, br, gzip or deflate.',
  details: `compress() takes the fastest level and the types ${DEFAULT_TYPES.join(', ')}.
A number in front sets the level, 0 to 11 (gzip and deflate go up to 9, zstd maps 11 to its 15). Media types after it take the place of the default ones; with "..." as the first they add to them.

The client's weights decide (q=0 forbids, "*" speaks for the rest); among equals the order is zstd, br, gzip, deflate. A body that pauses is flushed, so server-sent events (add "text/event-stream") arrive one by one.
Left as they are: content that is coded already, parts (206), Cache-Control: no-transform, content known to be shorter than ${MIN_BYTES} bytes. Vary: Accept-Encoding is set on all responses of these types, parts (206) and 304 included. A strong ETag becomes weak; Content-Length, digests and Accept-Ranges go.

Differences from Skipper: q=0 and "*" are honoured, tiny and empty bodies are left alone, deflate is the zlib format of RFC 9110, a strong ETag is weakened, HEAD gets the headers that GET gets; among codings of equal weight Skipper takes gzip first.`,
  source: 'Skipper; RFC 9110 §8.4, §12.5.3; RFC 9111 §5.2.2.6',
  args: [
    arg.rest(
      arg.any('levelOrType', {
        doc: 'first: level 0 to 11 (default 1); then "..." (keep the default types) and media types',
      }),
    ),
  ],
  examples: [
    {
      title: 'The client takes gzip',
      route: '* -> compress() -> "http://origin.example"',
      request: { headers: { 'Accept-Encoding': 'gzip' } },
      origin: { headers: { 'Content-Type': 'text/plain', ETag: '"1"' }, body: 'All work and no play. '.repeat(20) },
      response: { status: 200, headers: { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding', ETag: 'W/"1"' } },
    },
    {
      title: 'The client refuses gzip',
      route: '* -> compress() -> "http://origin.example"',
      request: { headers: { 'Accept-Encoding': 'gzip;q=0' } },
      origin: { headers: { 'Content-Type': 'text/plain' }, body: 'All work and no play. '.repeat(20) },
      response: { status: 200, headers: { 'Content-Encoding': null, Vary: 'Accept-Encoding' }, body: /^All work/ },
    },
    {
      title: 'Level 5, one more media type',
      route: '* -> compress(5, "...", "application/xml") -> "http://origin.example"',
      request: { headers: { 'Accept-Encoding': 'br' } },
      origin: { headers: { 'Content-Type': 'application/xml; charset=utf-8' }, body: `<a>${'<b/>'.repeat(100)}</a>` },
      response: { headers: { 'Content-Encoding': 'br' } },
    },
  ],
  create: ([values]) => new Compress(levelOf(values), typesOf(values)),
});

class Compress implements Filter {
  readonly #level: number;
  readonly #types: ReadonlySet<string>;

  constructor(level: number, types: ReadonlySet<string>) {
    this.#level = level;
    this.#types = types;
  }

  response(ctx: FilterContext): void {
    const { request, response } = ctx;
    const { headers } = response;
    const isRevalidated = response.status === 304;
    if (isRevalidated) weakenRevalidated(request.headers, headers);
    if (!this.#mayConcern(headers, isRevalidated)) return;
    // A 304 and a 206 say what the 200 in their place would say (RFC 9110 §15.3.7, §15.4.5).
    addVary(headers, 'Accept-Encoding');
    if (!isRevalidated && isPlainWhole(response)) {
      const coding = negotiateCoding(request.headers.joined('Accept-Encoding'));
      if (coding !== null && isLongEnough(request.method, response)) this.#encode(response, coding);
    }
  }

  /** Says whether content of this kind is compressed; a 304 seldom tells its type, and is then taken for one that is. */
  #mayConcern(headers: HeaderList, isRevalidated: boolean): boolean {
    const type = mediaType(headers);
    if (forbidsTransform(headers) || isCoded(headers)) return false;
    return this.#types.has(type) || (isRevalidated && type === '');
  }

  #encode(response: Response, coding: ContentCoding): void {
    forgetBytes(response.headers);
    response.headers.set('Content-Encoding', coding.name);
    if (response.body !== null) response.body = encodeBody(response.body, coding, this.#level);
  }
}

/** Says whether there is content worth the work; to a HEAD its Content-Length answers as the body would to a GET. */
function isLongEnough(method: string, response: Response): boolean {
  if (method === 'HEAD') {
    const length = response.headers.get('Content-Length');
    return length === null ? !isBodiless('GET', response.status) : Number(length) >= MIN_BYTES;
  }
  const { body } = response;
  return body !== null && (body.length === null || body.length >= MIN_BYTES);
}

function mediaType(headers: HeaderList): string {
  const value = headers.get('Content-Type') ?? '';
  const end = value.indexOf(';');
  return (end < 0 ? value : value.slice(0, end)).trim().toLowerCase();
}

function forbidsTransform(headers: HeaderList): boolean {
  return headers.has('Cache-Control') && listMembers(headers, 'Cache-Control').includes('no-transform');
}

function levelOf(values: readonly ArgValue[]): number {
  const [first] = values;
  if (typeof first !== 'number') return FASTEST_LEVEL;
  if (!Number.isInteger(first) || first < 0 || first > 11)
    throw new ArgError(`expected a level from 0 to 11, found ${first}`, 0);
  return first;
}

function typesOf(values: readonly ArgValue[]): ReadonlySet<string> {
  const start = typeof values[0] === 'number' ? 1 : 0;
  const extend = values[start] === '...';
  const types: string[] = [];
  for (let index = extend ? start + 1 : start; index < values.length; index++) {
    const value = values[index];
    if (typeof value !== 'string') throw new ArgError(`expected a media type, found the number ${value}`, index);
    types.push(value.trim().toLowerCase());
  }
  return new Set(extend || types.length === 0 ? [...DEFAULT_TYPES, ...types] : types);
}
