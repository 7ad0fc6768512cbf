import type { Body, BodySink, BodySource } from './body.ts';
import { contentFault } from './errors.ts';
import { described } from './thrown.ts';

/** Feeds a sink from an async iterable, one chunk at a time. */
export class IterableSource implements BodySource {
  readonly #iterable: AsyncIterable<Uint8Array | string>;
  /** The body this one took the place of: the iterable may be made of it, and reads it when it is read itself. */
  #predecessor: Body | null = null;
  #wake: (() => void) | null = null;
  #cancelled = false;
  #iterator: AsyncIterator<Uint8Array | string> | null = null;

  constructor(iterable: AsyncIterable<Uint8Array | string>) {
    this.#iterable = iterable;
  }

  /** Notes the body to be let go when this one is over. */
  succeeds(predecessor: Body): void {
    this.#predecessor = predecessor;
  }

  start(sink: BodySink): void {
    void this.#pump(sink);
  }

  resume(): void {
    this.#wake?.();
  }

  cancel(reason: Error): void {
    this.#cancelled = true;
    this.#wake?.();
    this.#predecessor?.abandon(reason);
    void this.#return();
  }

  async #pump(sink: BodySink): Promise<void> {
    try {
      this.#iterator = this.#iterable[Symbol.asyncIterator]();
      for (;;) {
        const { done, value } = await this.#iterator.next();
        if (this.#cancelled) return;
        if (done) break;
        const chunk = chunkOf(value);
        if (chunk.length > 0 && !sink.data(chunk)) await this.#resumed();
        if (this.#cancelled) return;
      }
    } catch (thrown) {
      if (this.#cancelled) return;
      const theirs = this.#predecessor?.failure ?? null;
      const error = theirs !== null && theirs === thrown ? theirs : contentFault(thrown);
      this.#predecessor?.abandon(error);
      sink.fail(error);
      return;
    }
    this.#predecessor?.discard(new Error('what took the place of the body has ended'));
    sink.end(null);
  }

  /** A generator that waits inside its own await answers only later; nobody waits for it. */
  async #return(): Promise<void> {
    try {
      await this.#iterator?.return?.();
    } catch {
      // Nobody reads what it would say.
    }
  }

  #resumed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
    });
  }
}

/** A chunk as it travels. @throws TypeError for what is neither text nor bytes */
export function chunkOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  throw new TypeError(`expected a chunk of a body to be a string or a Uint8Array, found ${described(value)}`);
}
