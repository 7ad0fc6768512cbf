import type { BodySink, BodySource, HeaderList } from '../http/index.ts';
import { giveBack } from './http1/segments.ts';

/** What stops and starts the flow of a download: its connection. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/**
 * The content of a response as the parser delivers it: passed on at once to a sink that is there and takes it, held back
 * otherwise. The parser stops while something is held back, so that is what came in one read of the socket.
 */
export abstract class Download implements BodySource {
  /** What stops and starts the parser; set with the response head. */
  protected flow: Flow | null = null;
  protected held: Uint8Array[] | null = null;
  /** Chunks that the sink got and may still hold. */
  #delivered: Uint8Array[] = [];
  #sink: BodySink | null = null;
  #isFull = true;
  #isComplete = false;
  #isOver = false;
  #isPaused = false;
  #trailers: HeaderList | null = null;
  #error: Error | null = null;

  /** Ends the transfer because nobody wants the rest. */
  protected abstract canceled(reason: Error): void;

  start(sink: BodySink): void {
    this.#sink = sink;
    this.#isFull = false;
    this.#pass();
  }

  resume(): void {
    if (this.#sink === null || !this.#isFull) return;
    this.#isFull = false;
    this.#reclaim(this.#sink);
    this.#pass();
  }

  cancel(reason: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.held = null;
    if (!this.#isComplete && this.#error === null) this.canceled(reason);
  }

  /** Says whether it is the reader who is slow, not the origin. */
  protected get isHeldBack(): boolean {
    return this.#isPaused;
  }

  /** A chunk has come. */
  protected received(chunk: Uint8Array): void {
    if (this.#isOver) return;
    if (this.#isFull || this.held !== null) {
      this.hold(chunk);
      this.#pause();
    } else if (!this.#deliver(chunk, this.#sink as BodySink)) {
      this.#isFull = true;
      this.#pause();
    }
  }

  /** Keeps a chunk until it is asked for. */
  protected hold(chunk: Uint8Array): void {
    if (this.held === null) this.held = [chunk];
    else this.held.push(chunk);
  }

  /** The origin has sent all. */
  protected completed(trailers: HeaderList | null): void {
    this.#isComplete = true;
    this.#trailers = trailers;
    if (!this.#isFull) this.#pass();
  }

  /** The origin, or the way to it, broke off. What came before is delivered first. */
  protected broke(error: Error): void {
    this.#error = error;
    if (!this.#isFull) this.#pass();
  }

  #pass(): void {
    const sink = this.#sink as BodySink;
    while (this.held !== null && !this.#isFull && !this.#isOver) {
      const chunk = this.held.shift();
      if (this.held.length === 0) this.held = null;
      if (chunk !== undefined && !this.#deliver(chunk, sink)) this.#isFull = true;
    }
    if (this.#isOver || this.held !== null) return;
    if (this.#error !== null) {
      this.#isOver = true;
      sink.fail(this.#error);
    } else if (this.#isComplete) {
      this.#isOver = true;
      sink.end(this.#trailers);
    } else if (!this.#isFull) this.#unpause();
  }

  #deliver(chunk: Uint8Array, sink: BodySink): boolean {
    const takesMore = sink.data(chunk);
    if (sink.holdsNothing !== undefined) {
      this.#delivered.push(chunk);
      this.#reclaim(sink);
    }
    return takesMore;
  }

  #reclaim(sink: BodySink): void {
    if (sink.holdsNothing !== true) return;
    for (const chunk of this.#delivered) giveBack(chunk);
    this.#delivered.length = 0;
  }

  #pause(): void {
    this.#isPaused = true;
    this.flow?.pause();
  }

  #unpause(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.flow?.resume();
  }
}
