import { defineFilter, type FilterContext, listMembers } from '../../src/plugin/index.ts';
import { forgetBytes, weakenRevalidated } from '../lib/content-change.ts';
import { type ContentCoding, contentCoding } from '../lib/content-coding.ts';
import { decodeBody } from './coded-body.ts';

/** No honest origin stacks more codings than this; each costs a decoder and its window. */
const MAX_CODINGS = 3;

/** Decompresses response bodies, for filters that need to see them plain. */
export const decompress = defineFilter({
  name: 'decompress',
  summary: 'Decompresses the response body, so that the filters to its left see it plain.',
  details: `Knows gzip, deflate (zlib and raw), br and zstd, also several on top of each other ("gzip, br"). The body streams; however far it unfolds, memory stays bounded. Broken or truncated content cuts the connection, since the head is sent by then.
Left as they are: responses with a coding that is not known, with more than ${MAX_CODINGS} codings, and parts (206). Content-Encoding and Content-Length go, a strong ETag becomes weak.

Differences from Skipper: deflate means the zlib format (RFC 9110), raw streams are recognised; Vary is kept; broken data never yields an empty body.`,
  source: 'Skipper; RFC 9110 §8.4',
  args: [],
  examples: [
    {
      title: 'A filter to the left of it sees plain text',
      route: `* -> wrapContent("<", ">") -> decompress() -> compress() -> inlineContent("${'plain '.repeat(50)}") -> <shunt>`,
      request: { headers: { 'Accept-Encoding': 'gzip' } },
      response: { status: 200, headers: { 'Content-Encoding': null }, body: `<${'plain '.repeat(50)}>` },
    },
    {
      title: 'A coding that is not known stays',
      route: '* -> decompress() -> "http://origin.example"',
      origin: { headers: { 'Content-Encoding': 'compress' }, body: 'x' },
      response: { headers: { 'Content-Encoding': 'compress' }, body: 'x' },
    },
  ],
  create: () => ({ response: decompressResponse }),
});

function decompressResponse({ request, response }: FilterContext): void {
  const { headers } = response;
  if (response.status === 304) weakenRevalidated(request.headers, headers);
  if (!headers.has('Content-Encoding') || response.status === 206 || response.status === 304) return;
  const codings = knownCodings(listMembers(headers, 'Content-Encoding'));
  if (codings === null) return;
  forgetBytes(headers);
  headers.delete('Content-Encoding');
  let { body } = response;
  if (body === null) return;
  for (const coding of codings.reverse()) body = decodeBody(body, coding);
  response.body = body;
}

/** The codings in the order they were applied, or null when one of them cannot be undone here. */
function knownCodings(names: readonly string[]): ContentCoding[] | null {
  const codings: ContentCoding[] = [];
  for (const name of names) {
    if (name === 'identity') continue;
    const coding = contentCoding(name);
    if (coding === null) return null;
    codings.push(coding);
  }
  return codings.length <= MAX_CODINGS ? codings : null;
}
