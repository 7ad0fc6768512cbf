import type { Duplex } from 'node:stream';
import { PARSER } from './undici.ts';

/** Whoever takes what comes in on a socket. */
export interface SegmentReader {
  /** Takes a segment, which is the reader's until it returns; false: no more for now, until the socket is resumed. */
  read(segment: Buffer): boolean;
}

/** Nearly all answers fit; a connection that fills it reads more at a time from then on. */
const SMALL_BYTES = 16 * 1024;
const LARGE_BYTES = 64 * 1024;

/** The buffer for the next read of the socket whose callback has just run; null: there is none, the socket is a new one. */
let following: Buffer | null = null;
let isHandedOut = false;

/** Large buffers that were handed out and came back, so that a download makes no garbage. */
const spare: Buffer[] = [];
const MAX_SPARE = 16;
/** The memory of large buffers: what else is given back is somebody else's. */
const large = new WeakSet<ArrayBufferLike>();

/**
 * How undici's sockets read (`onread` of node:net): into one buffer of their own, straight to the parser, and past the
 * Readable, which spares its queue and a Buffer per read.
 */
export const readInPlace = {
  buffer(): Buffer {
    const next = following;
    following = null;
    return next ?? Buffer.allocUnsafeSlow(SMALL_BYTES);
  },

  callback(this: Duplex & { [PARSER]?: SegmentReader | null }, sizeBytes: number, buffer: Buffer): boolean {
    const segment = buffer.subarray(0, sizeBytes);
    const reader = this[PARSER];
    // Upgraded: whoever has the socket now reads it as a stream.
    if (reader === null || reader === undefined) return this.push(Buffer.from(segment));
    isHandedOut = false;
    const goesOn = reader.read(segment);
    const outgrown = sizeBytes === buffer.length && sizeBytes < LARGE_BYTES;
    following = isHandedOut || outgrown ? largeBuffer() : buffer;
    return goesOn;
  },
};

/**
 * Makes a part of the segment that is being read the caller's own: the buffer is handed out where most of it would be
 * copied, and else the part is a copy.
 */
export function own(part: Buffer): Buffer {
  if (part.length * 2 < part.buffer.byteLength) return Buffer.from(part);
  isHandedOut = true;
  return part;
}

/** Takes back what `own` made the caller's own and nobody needs any more; once. */
export function giveBack(part: Uint8Array): void {
  if (spare.length < MAX_SPARE && large.has(part.buffer)) spare.push(Buffer.from(part.buffer));
}

function largeBuffer(): Buffer {
  const used = spare.pop();
  if (used !== undefined) return used;
  const buffer = Buffer.allocUnsafeSlow(LARGE_BYTES);
  large.add(buffer.buffer);
  return buffer;
}
