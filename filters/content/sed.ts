import {
  type Arg,
  ArgError,
  arg,
  defineFilter,
  type Filter,
  type FilterContext,
  isBodiless,
  ProxyError,
  type Regexp,
  transformBody,
} from '../../src/plugin/index.ts';
import { forgetBytes, isCoded, isPlainWhole, weakenRevalidated } from '../lib/content-change.ts';
import { bodyEditors, type Edit } from './body-editor.ts';

/** How much text may wait by default: less for patterns that cost much, so that looking through it takes some 20 ms. */
const DEFAULT_MAX_BUFFER = { least: 4096, most: 65_536 };

const pattern = arg.regexp('pattern', { doc: 'what to replace' });
const replacement = arg.string('replacement', { doc: 'what to put there, as it stands: "$1" is no group' });
const delimiter = arg.string('delimiter', { doc: 'where a piece ends, such as "\\n"' });
const limits = [
  arg.optional(
    arg.int('maxBuffer', {
      min: 0,
      doc: `characters that may wait; 0: as many as the pattern lets, at most ${DEFAULT_MAX_BUFFER.most}`,
    }),
    0,
  ),
  arg.optional(
    arg.oneOf('onOverflow', ['best-effort', 'abort'], { doc: 'what happens when more would have to wait' }),
    'best-effort',
  ),
] as const satisfies readonly Arg<unknown>[];

const HOW = `The body streams. Where the pattern bounds the length of a match, only that much of the end is held back (of plain text only what may begin it), and the result is that of editing the whole. A pattern such as "a+" is not: text waits until a match ends in it, up to maxBuffer (by default ${DEFAULT_MAX_BUFFER.most} characters, fewer where the pattern takes many steps); then "best-effort" edits what is there (a match across that place is missed, or counts as two), "abort" breaks the body off. Matches without length are ignored.
A body that is coded (Content-Encoding), or a part (206), is left alone: put decompress() to the right. A body that is not UTF-8 is edited octet by octet. Content-Length and digests go, a strong ETag becomes weak.`;
const DIFFERENCES = `Differences from Skipper: by default less text waits than 2 MiB; "^" matches at the start only, not again after each replacement; text without a match goes out at once where the pattern is bounded, instead of in lumps of maxBuffer; a match without length does not end the editing.`;
const PIECES = `Like the form without a delimiter, but each piece up to and with its delimiter is edited on its own: nothing matches across, "^" and "$" are the ends of the piece, and a piece goes out as soon as it is complete.`;

/** Edits response bodies. */
export const sed = defineFilter({
  name: 'sed',
  summary: 'Replaces each match of a pattern in the response body.',
  details: `${HOW}\n\n${DIFFERENCES}`,
  source: 'Skipper',
  args: [pattern, replacement, ...limits],
  examples: [
    {
      route: '* -> sed("foo", "bar") -> "http://origin.example"',
      origin: { headers: { ETag: '"1"' }, body: 'foo and food' },
      response: { headers: { ETag: 'W/"1"' }, body: 'bar and bard' },
    },
    {
      title: 'Masking numbers',
      route: '* -> sed("[0-9]{4}-[0-9]{4}", "****-****") -> "http://origin.example"',
      origin: { body: 'card 1234-5678, due' },
      response: { body: 'card ****-****, due' },
    },
  ],
  create: ([regexp, text, maxBuffer, overflow]) =>
    responseEditor(regexp, text, { delimiter: null, maxBuffer, overflow }),
});

/** Edits response bodies piece by piece. */
export const sedDelim = defineFilter({
  name: 'sedDelim',
  summary: 'Replaces each match of a pattern in the response body, piece by piece.',
  details: `${PIECES}\n\n${HOW}`,
  source: 'Skipper',
  args: [pattern, replacement, delimiter, ...limits],
  examples: [
    {
      title: 'Line by line',
      route: '* -> sedDelim("^#.*", "#", "\\n") -> "http://origin.example"',
      origin: { body: '# secret\nx # y\n# more\n' },
      response: { body: '#\nx # y\n#\n' },
    },
  ],
  create: ([regexp, text, end, maxBuffer, overflow]) =>
    responseEditor(regexp, text, { delimiter: end, maxBuffer, overflow }),
});

/** Edits request bodies. */
export const sedRequest = defineFilter({
  name: 'sedRequest',
  summary: 'Replaces each match of a pattern in the request body.',
  details: `${HOW}\n\n${DIFFERENCES}`,
  source: 'Skipper',
  args: [pattern, replacement, ...limits],
  examples: [
    {
      route: '* -> sedRequest("foo", "bar") -> "http://origin.example"',
      request: { method: 'POST', body: 'foo and food' },
      upstream: { method: 'POST', body: 'bar and bard' },
    },
  ],
  create: ([regexp, text, maxBuffer, overflow]) =>
    requestEditor(regexp, text, { delimiter: null, maxBuffer, overflow }),
});

/** Edits request bodies piece by piece. */
export const sedRequestDelim = defineFilter({
  name: 'sedRequestDelim',
  summary: 'Replaces each match of a pattern in the request body, piece by piece.',
  details: `${PIECES}\n\n${HOW}`,
  source: 'Skipper',
  args: [pattern, replacement, delimiter, ...limits],
  examples: [
    {
      route: '* -> sedRequestDelim("a.*z", "-", ";") -> "http://origin.example"',
      request: { method: 'POST', body: 'abz;a;z' },
      upstream: { body: '-;a;z' },
    },
  ],
  create: ([regexp, text, end, maxBuffer, overflow]) =>
    requestEditor(regexp, text, { delimiter: end, maxBuffer, overflow }),
});

interface Limits {
  delimiter: string | null;
  maxBuffer: number;
  overflow: 'best-effort' | 'abort';
}

function responseEditor(regexp: Regexp, text: string, limitsOf: Limits): Filter {
  const editor = bodyEditors(editOf(regexp, text, limitsOf, 502));
  return {
    response({ request, response }: FilterContext) {
      if (response.status === 304) weakenRevalidated(request.headers, response.headers);
      if (isBodiless('GET', response.status) || !isPlainWhole(response)) return;
      forgetBytes(response.headers);
      if (response.body !== null) response.body = transformBody(response.body, editor());
    },
  };
}

function requestEditor(regexp: Regexp, text: string, limitsOf: Limits): Filter {
  const editor = bodyEditors(editOf(regexp, text, limitsOf, 413));
  return {
    request({ request }: FilterContext) {
      if (request.body === null || isCoded(request.headers)) return;
      forgetBytes(request.headers);
      request.body = transformBody(request.body, editor());
    },
  };
}

/** How much text may wait. @throws ArgError where looking through it could hold up all requests */
function bufferLimit({ longestSubject }: Regexp, maxBuffer: number, index: number): number {
  // What waits, and what came after it, is looked through together.
  const most = Math.floor(Math.min(longestSubject, Number.MAX_SAFE_INTEGER) / 2) - 2;
  if (maxBuffer > most)
    throw new ArgError(`expected at most ${most} characters for this pattern, found ${maxBuffer}`, index);
  if (maxBuffer > 0) return maxBuffer;
  return Math.min(DEFAULT_MAX_BUFFER.most, Math.max(DEFAULT_MAX_BUFFER.least, Math.floor(longestSubject / 6)), most);
}

function editOf(
  regexp: Regexp,
  text: string,
  { delimiter: end, maxBuffer, overflow }: Limits,
  status: 413 | 502,
): Edit {
  if (end === '') throw new ArgError('expected a delimiter, found ""', 2);
  const limit = bufferLimit(regexp, maxBuffer, end === null ? 2 : 3);
  const message = `the text to edit is longer than ${limit} characters`;
  const overflowError = (): Error =>
    new ProxyError({ code: 'sed-overflow', status, source: status === 413 ? 'downstream' : 'upstream', message });
  return {
    pattern: regexp,
    replacement: text,
    delimiter: end,
    maxBuffer: limit,
    overflow: overflow === 'abort' ? overflowError : null,
  };
}
