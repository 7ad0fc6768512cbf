import type { Body, BodySink, BodySource, HeaderList } from '../../src/plugin/index.ts';

/** A body source driven by hand: what the consumer asks of it can be read off. */
export class ManualSource implements BodySource {
  sink: BodySink | null = null;
  /** Whether the consumer asked to hold back. */
  held = false;
  resumes = 0;
  cancelled: Error | null = null;

  start(sink: BodySink): void {
    this.sink = sink;
  }

  resume(): void {
    this.held = false;
    this.resumes++;
  }

  cancel(reason: Error): void {
    this.cancelled = reason;
  }

  /** Delivers a chunk. */
  push(chunk: string | Uint8Array): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
    if (this.#started().data(bytes) === false) this.held = true;
  }

  end(trailers: HeaderList | null = null): void {
    this.#started().end(trailers);
  }

  fail(error: Error): void {
    this.#started().fail(error);
  }

  #started(): BodySink {
    if (this.sink === null) throw new Error('nobody reads this source yet');
    return this.sink;
  }
}

/** A body sink that records what comes; holds the source back while `hold` is true. */
export class RecordingSink implements BodySink {
  readonly chunks: Uint8Array[] = [];
  readonly source: BodySource;
  hold = false;
  ended = false;
  trailers: HeaderList | null = null;
  error: Error | null = null;
  #wake: (() => void)[] = [];

  /** Starts to read `body`; with `hold`, it asks the source to hold back after the first chunk. */
  constructor(body: Body, hold = false) {
    this.hold = hold;
    this.source = body.take();
    this.source.start(this);
  }

  data(chunk: Uint8Array): boolean {
    this.chunks.push(chunk);
    this.#changed();
    return !this.hold;
  }

  end(trailers: HeaderList | null): void {
    this.ended = true;
    this.trailers = trailers;
    this.#changed();
  }

  fail(error: Error): void {
    this.error = error;
    this.#changed();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  /** Resolves when `condition` holds; looked at whenever something comes in. */
  async until(condition: (sink: this) => boolean): Promise<void> {
    while (!condition(this)) {
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
      });
    }
  }

  /** Resolves when the body is complete or broken. */
  finished(): Promise<void> {
    return this.until(({ ended, error }) => ended || error !== null);
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const each of wake) each();
  }
}
