import type { BodySink, BodySource, HeaderList } from '../../http/index.ts';
import { lastChunk, type Output } from '../../http1/index.ts';
import type { Framing } from './response-head.ts';

/** Who sends a response's content. */
export interface ResponseBodyOwner {
  readonly output: Output;
  /** The content is complete and handed to the output. */
  bodyEnded(): void;
  /** The content broke off, or is not what the head promised. */
  bodyBroken(error: Error): void;
}

/** Frames content that comes chunk by chunk and passes it to the output of a connection. */
export class ResponseBody implements BodySink {
  bytesSent = 0;
  readonly #owner: ResponseBodyOwner;
  readonly #source: BodySource;
  readonly #framing: Framing;
  readonly #lengthBytes: number;
  readonly #sendsTrailers: boolean;
  #isOver = false;
  #isHeld = false;

  constructor(
    owner: ResponseBodyOwner,
    source: BodySource,
    terms: { framing: Framing; lengthBytes: number; keepsTrailer: boolean },
  ) {
    this.#owner = owner;
    this.#source = source;
    this.#framing = terms.framing;
    this.#lengthBytes = terms.lengthBytes;
    this.#sendsTrailers = terms.keepsTrailer;
  }

  /** The client can tell where the content ends. */
  get isDelimited(): boolean {
    return this.#framing !== 'until-close';
  }

  get holdsNothing(): boolean {
    return this.#owner.output.isEmpty;
  }

  data(chunk: Uint8Array): boolean {
    if (this.#isOver) return false;
    if (chunk.length === 0) return true;
    this.bytesSent += chunk.length;
    const { output } = this.#owner;
    if (this.#framing === 'chunked') {
      output.add(`${chunk.length.toString(16)}\r\n`);
      output.add(chunk);
      output.add('\r\n');
    } else {
      if (this.#framing === 'length' && this.bytesSent > this.#lengthBytes) return this.#break('longer');
      output.add(chunk);
      if (this.bytesSent === this.#lengthBytes) output.flush();
    }
    output.schedule();
    this.#isHeld = output.full;
    return !this.#isHeld;
  }

  end(trailers: HeaderList | null): void {
    if (this.#isOver) return;
    if (this.#framing === 'length' && this.bytesSent < this.#lengthBytes) {
      this.#break('shorter');
      return;
    }
    this.#isOver = true;
    if (this.#framing === 'chunked') this.#owner.output.add(lastChunk(this.#sendsTrailers ? trailers : null));
    this.#owner.output.flush();
    this.#owner.bodyEnded();
  }

  fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#owner.bodyBroken(error);
  }

  /** The client has caught up. */
  drained(): void {
    if (this.#isOver || !this.#isHeld) return;
    this.#isHeld = false;
    this.#source.resume();
  }

  /** Nobody is there to send it to. */
  cancel(reason: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#source.cancel(reason);
  }

  #break(how: string): false {
    const error = new Error(`the content is ${how} than its Content-Length`);
    this.cancel(error);
    this.#owner.bodyBroken(error);
    return false;
  }
}
