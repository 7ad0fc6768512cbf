import {
  arg,
  type BodyTransform,
  defineFilter,
  type Emit,
  type Filter,
  type FilterContext,
  isBodiless,
  transformBody,
} from '../../src/plugin/index.ts';
import { forgetBytes } from '../lib/content-change.ts';
import { hexArg } from './hex.ts';

/** Puts text around response bodies. */
export const wrapContent = defineFilter({
  name: 'wrapContent',
  summary: 'Puts text before and after the response body.',
  details:
    'Whatever the body is: one that is coded (Content-Encoding) is not decoded first. Responses that can have no body stay as they are. A strong ETag becomes weak, digests go.',
  source: 'Skipper',
  args: [arg.string('prefix'), arg.string('suffix')],
  examples: [
    {
      route: '* -> wrapContent("foo", "baz") -> inlineContent("bar") -> <shunt>',
      response: { status: 200, body: 'foobarbaz' },
    },
  ],
  create: ([prefix, suffix]) => wrapper(Buffer.from(prefix, 'utf8'), Buffer.from(suffix, 'utf8')),
});

/** Puts octets around response bodies. */
export const wrapContentHex = defineFilter({
  name: 'wrapContentHex',
  summary: 'Puts octets before and behind the response body.',
  details: 'As wrapContent.',
  source: 'Skipper',
  args: [hexArg('prefix', 'such as "68657861"'), hexArg('suffix', 'such as "6d616c"')],
  examples: [
    {
      route: '* -> wrapContentHex("68657861", "6d616c") -> inlineContent("deci") -> <shunt>',
      response: { status: 200, body: 'hexadecimal' },
    },
  ],
  create: ([prefix, suffix]) => wrapper(prefix, suffix),
});

function wrapper(prefix: Uint8Array, suffix: Uint8Array): Filter {
  const added = prefix.length + suffix.length;
  return {
    response({ request, response }: FilterContext) {
      if (isBodiless('GET', response.status)) return;
      forgetBytes(response.headers);
      if (request.method === 'HEAD') return;
      const { body } = response;
      if (body === null) response.body = Buffer.concat([prefix, suffix]);
      else
        response.body = transformBody(
          body,
          new Wrap(prefix, suffix),
          body.length === null ? null : body.length + added,
        );
    },
  };
}

class Wrap implements BodyTransform {
  /** What is to come before the next chunk. */
  #prefix: Uint8Array | null;
  readonly #suffix: Uint8Array;

  constructor(prefix: Uint8Array, suffix: Uint8Array) {
    this.#prefix = prefix;
    this.#suffix = suffix;
  }

  chunk(chunk: Uint8Array, emit: Emit): void {
    this.#begin(emit);
    emit(chunk);
  }

  end(emit: Emit): void {
    this.#begin(emit);
    emit(this.#suffix);
  }

  #begin(emit: Emit): void {
    if (this.#prefix !== null) emit(this.#prefix);
    this.#prefix = null;
  }
}
