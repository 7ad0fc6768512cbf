import type { BodySink, BodySource, HeaderList } from '../../http/index.ts';
import { lastChunk, type Output } from '../../http1/index.ts';
import { sendAfterPoll, type Waiting } from '../after-poll.ts';

/** So much is held for the end of a poll; a source that has more to give waits. */
const HOLD_MAX_BYTES = 256 * 1024;

/** The connection as an upload on it sees it. */
export interface UploadOwner {
  readonly output: Output;
  /** Some of the content has gone out. */
  uploadMoved(): void;
  /** All of it has. */
  uploadEnded(): void;
  /** The source broke off, or is not as long as the head said. */
  uploadBroke(error: Error): void;
}

/**
 * The content of a request that comes chunk by chunk, on its way to the origin.
 *
 * What one turn brings leaves behind its poll: an origin that answered early and reset the connection has been heard by
 * then, where a write would only have been told of the reset.
 */
export class Upload implements BodySink, Waiting {
  /** In bytes; -1: it goes out in chunks. */
  readonly lengthBytes: number;
  readonly #source: BodySource;
  #owner: UploadOwner | null = null;
  /** Why the source broke off, if it did. */
  failure: Error | null = null;
  #sentBytes = 0;
  #heldBytes = 0;
  #isWaiting = false;
  #isFull = false;
  #isOver = false;
  #isComplete = false;

  constructor(source: BodySource, lengthBytes: number) {
    this.#source = source;
    this.lengthBytes = lengthBytes;
  }

  /** Says whether the source was touched: until then the upload can go to another connection. */
  get isStarted(): boolean {
    return this.#owner !== null;
  }

  /** Says whether all of the content was handed to the connection. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Begins the flow. What the output holds leaves at the end of the turn, with what is at hand by then. Called by the connection. */
  start(owner: UploadOwner): void {
    if (this.#isOver || this.#owner !== null) return;
    this.#owner = owner;
    this.#schedule();
    this.#source.start(this);
  }

  data(chunk: Uint8Array): boolean {
    if (this.#isOver) return false;
    if (chunk.length === 0) return true;
    this.#sentBytes += chunk.length;
    const { output } = this.#owner as UploadOwner;
    if (this.lengthBytes >= 0) {
      if (this.#sentBytes > this.lengthBytes) return this.#break(wrongLength());
      output.add(chunk);
    } else {
      output.add(`${chunk.length.toString(16)}\r\n`);
      output.add(chunk);
      output.add('\r\n');
    }
    this.#heldBytes += chunk.length;
    this.#schedule();
    this.#isFull = this.#heldBytes > HOLD_MAX_BYTES || output.full;
    return !this.#isFull;
  }

  end(trailers: HeaderList | null): void {
    if (this.#isOver) return;
    if (this.lengthBytes >= 0 && this.#sentBytes < this.lengthBytes) {
      this.#break(wrongLength());
      return;
    }
    this.#isOver = true;
    this.#isComplete = true;
    const owner = this.#owner as UploadOwner;
    if (this.lengthBytes < 0) owner.output.add(lastChunk(trailers));
    this.#schedule();
    owner.uploadEnded();
  }

  fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.failure = error;
    this.#owner?.uploadBroke(error);
  }

  /** Lets go out what is held. Called by `sendAfterPoll`. */
  send(): void {
    this.#isWaiting = false;
    const owner = this.#owner as UploadOwner;
    if (this.#heldBytes > 0 && !this.#isOver) owner.uploadMoved();
    this.#heldBytes = 0;
    owner.output.flush();
    this.drained();
  }

  /** The origin has caught up. */
  drained(): void {
    if (!this.#isFull || this.#isOver || this.#isWaiting || this.#owner?.output.full !== false) return;
    this.#isFull = false;
    this.#source.resume();
  }

  /** Ends the flow, complete or not. */
  cancel(reason: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#source.cancel(reason);
  }

  #schedule(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    sendAfterPoll(this);
  }

  #break(error: Error): false {
    this.cancel(error);
    this.#owner?.uploadBroke(error);
    return false;
  }
}

function wrongLength(): Error {
  return Object.assign(new Error('another length than was announced'), { code: 'WRONG_LENGTH' });
}
