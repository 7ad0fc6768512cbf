import {
  ArgError,
  arg,
  type BodyTransform,
  defineFilter,
  type Emit,
  type Filter,
  ProxyError,
  transformBody,
} from '../../src/plugin/index.ts';
import { hexArg } from './hex.ts';

const details = `The body streams: what cannot be the beginning of a forbidden text goes on at once, so that no backend ever gets one whole. Where it began to get the request by then, that call is broken off; the client gets 400 either way.
The octets are looked at as they are: a body that is coded (Content-Encoding) or escaped (JSON, forms) shows other ones. Letters match in their case.

Difference from Skipper: a text is found wherever chunks break it, and the Content-Length stays.`;

/** Refuses requests whose body holds a forbidden text. */
export const blockContent = defineFilter({
  name: 'blockContent',
  summary: 'Answers 400 where the request body holds one of the texts.',
  details,
  source: 'Skipper',
  args: [arg.rest(arg.string('text', { doc: 'what must not be in the body' }), 1)],
  examples: [
    {
      title: 'Found',
      route: '* -> blockContent("Malicious", "Bad") -> "http://origin.example"',
      request: { method: 'POST', body: 'some Malicious content' },
      response: { status: 400 },
    },
    {
      title: 'Not found',
      route: '* -> blockContent("Malicious", "Bad") -> "http://origin.example"',
      request: { method: 'POST', body: 'harmless Mali' },
      response: { status: 200 },
      upstream: { body: 'harmless Mali' },
    },
  ],
  create: ([texts]) => blocker(texts.map((text) => Buffer.from(text, 'utf8'))),
});

/** Refuses requests whose body holds forbidden octets. */
export const blockContentHex = defineFilter({
  name: 'blockContentHex',
  summary: 'Answers 400 where the request body holds one of the octet sequences.',
  details,
  source: 'Skipper',
  args: [arg.rest(hexArg('octets', 'what must not be in the body, such as "deadbeef"'), 1)],
  examples: [
    {
      route: '* -> blockContentHex("414243") -> "http://origin.example"',
      request: { method: 'POST', body: 'xABCx' },
      response: { status: 400 },
    },
  ],
  create: ([sequences]) => blocker(sequences),
});

function blocker(forbidden: readonly Uint8Array[]): Filter {
  const empty = forbidden.findIndex(({ length }) => length === 0);
  if (empty >= 0) throw new ArgError('expected something to look for; nothing is in every body', empty);
  const sequences = forbidden.map((each) => Buffer.from(each));
  return {
    request({ request }) {
      const { body } = request;
      if (body !== null) request.body = transformBody(body, new Gate(sequences), body.length);
    },
  };
}

/** Lets a body pass until a forbidden sequence turns up. */
class Gate implements BodyTransform {
  readonly #forbidden: readonly Buffer[];
  /** The end of what came in, where it may be the beginning of a forbidden sequence. */
  #held: Uint8Array = new Uint8Array(0);

  constructor(forbidden: readonly Buffer[]) {
    this.#forbidden = forbidden;
  }

  chunk(chunk: Uint8Array, emit: Emit): void {
    const bytes =
      this.#held.length > 0
        ? Buffer.concat([this.#held, chunk])
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let held = 0;
    for (const sequence of this.#forbidden) {
      if (bytes.includes(sequence)) throw blocked();
      held = Math.max(held, overlap(bytes, sequence));
    }
    const end = bytes.length - held;
    this.#held = bytes.subarray(end);
    emit(bytes.subarray(0, end));
  }

  end(emit: Emit): void {
    emit(this.#held);
  }
}

/** How many of the last octets of `bytes` are the first ones of `sequence`. */
function overlap(bytes: Buffer, sequence: Buffer): number {
  const { length } = bytes;
  for (let size = Math.min(sequence.length - 1, length); size > 0; size--) {
    if (bytes.compare(sequence, 0, size, length - size, length) === 0) return size;
  }
  return 0;
}

function blocked(): ProxyError {
  return new ProxyError({
    code: 'content-blocked',
    status: 400,
    source: 'downstream',
    message: 'the body holds forbidden content',
  });
}
