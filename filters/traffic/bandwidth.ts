import {
  arg,
  type Body,
  type BodyTransform,
  defineFilter,
  type Emit,
  type Filter,
  transformBody,
} from '../../src/plugin/index.ts';
import { delay, delayArg } from './delay.ts';

/** A slice takes about that long: shorter ones would be lost in the grain of timers. */
const SLICE_MS = 20;

const rate = [
  arg.custom(
    'rate',
    'number',
    (value) => {
      if (typeof value !== 'number' || value <= 0)
        throw new Error(`expected a number above 0, found ${JSON.stringify(value)}`);
      return value;
    },
    { doc: 'KiB per second' },
  ),
] as const;
const pieces = [
  arg.int('size', { min: 1, max: 0x7fffffff, doc: 'bytes of a piece' }),
  delayArg('delay', 'pause before each piece'),
] as const;

/** Limits how fast response bodies flow. */
export const bandwidth = defineFilter({
  name: 'bandwidth',
  summary: 'Lets the response body flow no faster than the rate.',
  details: 'For tests of slow networks. The backend is held back, nothing piles up. The rate is per response.',
  source: 'Skipper',
  args: rate,
  examples: [
    {
      title: '30 KiB/s',
      route: '* -> bandwidth(30) -> "http://origin.example"',
      origin: { body: 'slow' },
      response: { status: 200, body: 'slow' },
    },
  ],
  create: ([kibPerSecond]) => responseThrottle(() => new RateLimit(kibPerSecond)),
});

/** Limits how fast request bodies flow. */
export const backendBandwidth = defineFilter({
  name: 'backendBandwidth',
  summary: 'Lets the request body flow to the backend no faster than the rate.',
  details: 'As bandwidth.',
  source: 'Skipper',
  args: rate,
  examples: [
    {
      route: '* -> backendBandwidth(30) -> "http://origin.example"',
      request: { method: 'POST', body: 'slow' },
      upstream: { body: 'slow' },
    },
  ],
  create: ([kibPerSecond]) => requestThrottle(() => new RateLimit(kibPerSecond)),
});

/** Lets response bodies flow in pieces with pauses. */
export const chunks = defineFilter({
  name: 'chunks',
  summary: 'Lets the response body flow in pieces of a size, with a pause before each.',
  details:
    'For tests of slow servers. What is at hand of a piece goes out at once; the pause comes when it is complete.',
  source: 'Skipper',
  args: pieces,
  examples: [
    {
      route: '* -> chunks(2, "5ms") -> "http://origin.example"',
      origin: { body: 'hello' },
      response: { status: 200, body: 'hello' },
    },
  ],
  create: ([size, delayMs]) => responseThrottle(() => new Pieces(size, delayMs)),
});

/** Lets request bodies flow in pieces with pauses. */
export const backendChunks = defineFilter({
  name: 'backendChunks',
  summary: 'Lets the request body flow to the backend in pieces of a size, with a pause before each.',
  details: 'As chunks.',
  source: 'Skipper',
  args: pieces,
  examples: [
    {
      route: '* -> backendChunks(2, 5) -> "http://origin.example"',
      request: { method: 'POST', body: 'hello' },
      upstream: { body: 'hello' },
    },
  ],
  create: ([size, delayMs]) => requestThrottle(() => new Pieces(size, delayMs)),
});

function responseThrottle(make: () => BodyTransform): Filter {
  return {
    response({ response }) {
      if (response.body !== null) response.body = throttled(response.body, make());
    },
  };
}

function requestThrottle(make: () => BodyTransform): Filter {
  return {
    request({ request }) {
      if (request.body !== null) request.body = throttled(request.body, make());
    },
  };
}

function throttled(body: Body, throttle: BodyTransform): Body {
  return transformBody(body, throttle, body.length);
}

/** Spreads a body over time: a slice goes out when the one before it has had its time. */
class RateLimit implements BodyTransform {
  readonly untimed = true;
  readonly #bytesPerMs: number;
  readonly #sliceBytes: number;
  readonly #closed = new AbortController();
  /** When the next slice may go out, on the clock of performance.now. */
  #dueMs = 0;

  constructor(kibPerSecond: number) {
    this.#bytesPerMs = (kibPerSecond * 1024) / 1000;
    this.#sliceBytes = Math.max(1, Math.floor(this.#bytesPerMs * SLICE_MS));
  }

  async chunk(chunk: Uint8Array, emit: Emit): Promise<void> {
    for (let at = 0; at < chunk.length; at += this.#sliceBytes) {
      const slice = chunk.subarray(at, at + this.#sliceBytes);
      const now = performance.now();
      if (this.#dueMs > now) await delay(this.#dueMs - now, this.#closed.signal);
      if (this.#closed.signal.aborted) return;
      this.#dueMs = Math.max(now, this.#dueMs) + slice.length / this.#bytesPerMs;
      emit(slice);
    }
  }

  close(): void {
    this.#closed.abort();
  }
}

class Pieces implements BodyTransform {
  readonly untimed = true;
  readonly #size: number;
  readonly #delayMs: number;
  readonly #closed = new AbortController();
  /** How much of the piece under way went out. */
  #sent = 0;

  constructor(size: number, delayMs: number) {
    this.#size = size;
    this.#delayMs = delayMs;
  }

  async chunk(chunk: Uint8Array, emit: Emit): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      if (this.#sent === 0) await delay(this.#delayMs, this.#closed.signal);
      if (this.#closed.signal.aborted) return;
      const part = chunk.subarray(at, at + this.#size - this.#sent);
      at += part.length;
      this.#sent = (this.#sent + part.length) % this.#size;
      emit(part);
    }
  }

  close(): void {
    this.#closed.abort();
  }
}
