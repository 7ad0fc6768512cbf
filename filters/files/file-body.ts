import type { FileHandle } from 'node:fs/promises';
import { Body, type BodySink, type BodySource } from '../../src/plugin/index.ts';
import type { ByteRange } from './byte-range.ts';

/** How much of a file is read at once. */
const CHUNK_BYTES = 65_536;

/**
 * A body of a part of an open file. Takes the handle and closes it when the part was read, the body is let go, or
 * reading fails; what fits one chunk is read now, so that head and content leave in one write.
 * @throws Error when that reading fails.
 */
export async function fileBody(handle: FileHandle, range: ByteRange): Promise<Body> {
  if (range.length > CHUNK_BYTES) return new Body(new FileSource(handle, range), range.length);
  try {
    const buffer = Buffer.allocUnsafe(range.length);
    const { bytesRead } = await handle.read(buffer, 0, range.length, range.start);
    if (bytesRead < range.length) throw new Error('the file became shorter while it was read');
    return Body.fixed(buffer);
  } finally {
    await handle.close();
  }
}

class FileSource implements BodySource {
  readonly #handle: FileHandle;
  #position: number;
  #left: number;
  #sink: BodySink | null = null;
  #reading = false;
  #closed = false;

  constructor(handle: FileHandle, range: ByteRange) {
    this.#handle = handle;
    this.#position = range.start;
    this.#left = range.length;
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.resume();
  }

  resume(): void {
    if (this.#reading || this.#closed || this.#sink === null) return;
    this.#reading = true;
    this.#readOn(this.#sink).catch((error: Error) => {
      const { sink } = this.#end();
      sink?.fail(error);
    });
  }

  cancel(): void {
    this.#end();
  }

  async #readOn(sink: BodySink): Promise<void> {
    let room = true;
    while (room && this.#left > 0) {
      const chunk = await this.#next();
      if (this.#closed) return;
      room = sink.data(chunk);
      // The sink may have cancelled while it took the chunk.
      if (this.#closed) return;
    }
    this.#reading = false;
    if (this.#left > 0) return;
    this.#end();
    sink.end(null);
  }

  async #next(): Promise<Uint8Array> {
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, this.#left));
    const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, this.#position);
    if (bytesRead === 0) throw new Error('the file became shorter while it was sent');
    this.#position += bytesRead;
    this.#left -= bytesRead;
    return buffer.subarray(0, bytesRead);
  }

  /** Closes the file; a read under way ends first, by itself. */
  #end(): { sink: BodySink | null } {
    const sink = this.#closed ? null : this.#sink;
    if (!this.#closed) void this.#handle.close().catch(() => {});
    this.#closed = true;
    return { sink };
  }
}
