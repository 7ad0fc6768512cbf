import { EventEmitter } from 'node:events';
import type { BodySink, BodySource } from '../http/index.ts';

/**
 * The content of a request on its way to undici: as little of a Readable as undici's writer needs, with the source's push
 * passed straight on, so that a chunk costs no promise and no buffer of a stream.
 */
export class Upload extends EventEmitter implements BodySink {
  /** Read by undici. */
  destroyed = false;
  readonly #source: BodySource;
  /** Why the source broke off, if it did. */
  failure: Error | null = null;
  #isStarted = false;
  #isFull = false;
  #isOver = false;
  #isComplete = false;

  constructor(source: BodySource) {
    super();
    this.#source = source;
  }

  /** Says whether the source was touched: until then the upload can go to another connection. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Says whether all of the content was handed to undici. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Makes undici see a stream. Never called. */
  pipe(): void {}

  /** Lets the flow begin, or go on. Called by undici. */
  resume(): void {
    if (!this.#isStarted) {
      this.#isStarted = true;
      // undici is not done with its listeners yet.
      process.nextTick(startUpload, this);
      return;
    }
    if (!this.#isFull) return;
    this.#isFull = false;
    if (!this.#isOver) this.#source.resume();
  }

  /** Holds the flow back. Called by undici. */
  pause(): void {
    this.#isFull = true;
  }

  /** Begins the flow. */
  start(): void {
    if (!this.#isOver) this.#source.start(this);
  }

  data(chunk: Uint8Array): boolean {
    if (this.#isOver) return false;
    this.emit('data', chunk);
    return !this.#isFull;
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isComplete = true;
    this.emit('end');
  }

  fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.failure = error;
    if (this.listenerCount('error') > 0) this.emit('error', error);
  }

  /** Ends the flow, complete or not. Called by undici, and by the call. */
  destroy(error?: Error): void {
    if (this.destroyed) return;
    this.destroyed = true;
    if (!this.#isOver) {
      this.#isOver = true;
      this.#source.cancel(error ?? new Error('the origin wants no more of the request'));
    }
    if (error !== undefined && this.listenerCount('error') > 0) this.emit('error', error);
    this.emit('close');
  }
}

function startUpload(upload: Upload): void {
  upload.start();
}
