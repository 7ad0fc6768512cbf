import { getRandomValues } from 'node:crypto';
import { ArgError, arg, defineFilter, type Filter } from '../../src/plugin/index.ts';
import { generatedBody } from './generated-body.ts';
import { hexArg } from './hex.ts';

const LETTERS = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789');
const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' } as const;
const OCTETS = { 'Content-Type': 'application/octet-stream' } as const;

const length = arg.int('length', { min: 0, max: Number.MAX_SAFE_INTEGER, doc: 'length of the body in bytes' });

/** Answers with random letters. */
export const randomContent = defineFilter({
  name: 'randomContent',
  summary: 'Answers 200 with a body of random letters and digits.',
  details: 'For measurements: it is made as fast as the client takes it, other for each request. Not for secrets.',
  source: 'Skipper',
  args: [length],
  examples: [{ route: '* -> randomContent(20) -> <shunt>', response: { status: 200, body: /^[A-Za-z0-9]{20}$/ } }],
  create: ([size]) => ({
    request: (ctx) => ctx.serve({ status: 200, headers: TEXT, body: generatedBody(size, randomLetters) }),
  }),
});

/** Answers with a text over and over. */
export const repeatContent = defineFilter({
  name: 'repeatContent',
  summary: 'Answers 200 with a body that repeats the text up to the length.',
  details: 'The length counts bytes: the last repetition, and a character of several bytes, may be cut.',
  source: 'Skipper',
  args: [arg.string('text', { doc: 'what to repeat' }), length],
  examples: [{ route: '* -> repeatContent("abc", 8) -> <shunt>', response: { status: 200, body: 'abcabcab' } }],
  create: ([text, size]) => repeater(Buffer.from(text, 'utf8'), size, TEXT),
});

/** Answers with octets over and over. */
export const repeatContentHex = defineFilter({
  name: 'repeatContentHex',
  summary: 'Answers 200 with a body that repeats the octets up to the length.',
  source: 'Skipper',
  args: [hexArg('octets', 'what to repeat, such as "00ff"'), length],
  examples: [{ route: '* -> repeatContentHex("4142", 5) -> <shunt>', response: { status: 200, body: 'ABABA' } }],
  create: ([octets, size]) => repeater(octets, size, OCTETS),
});

function repeater(pattern: Uint8Array, size: number, headers: Readonly<Record<string, string>>): Filter {
  if (pattern.length === 0) throw new ArgError('expected something to repeat', 0);
  return {
    request(ctx) {
      let offset = 0;
      const body = generatedBody(size, (bytes) => {
        const chunk = repeated(pattern, offset, bytes);
        offset = (offset + bytes) % pattern.length;
        return chunk;
      });
      ctx.serve({ status: 200, headers, body });
    },
  };
}

/** `size` octets of the endless repetition of `pattern`, from `offset` on. */
function repeated(pattern: Uint8Array, offset: number, size: number): Uint8Array {
  const chunk = Buffer.allocUnsafe(size);
  const start = pattern.subarray(offset);
  chunk.set(start.subarray(0, size));
  return start.length >= size ? chunk : chunk.fill(pattern, start.length);
}

function randomLetters(size: number): Uint8Array {
  const chunk = getRandomValues(new Uint8Array(size));
  for (let at = 0; at < size; at++) chunk[at] = LETTERS[(chunk[at] ?? 0) % LETTERS.length] ?? 0;
  return chunk;
}
