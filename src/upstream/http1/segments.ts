/** Nearly all answers fit; a connection that fills it reads more at a time from then on. */
const SMALL_BYTES = 16 * 1024;
const LARGE_BYTES = 64 * 1024;

/** Large buffers that were handed out and came back, so that a download makes no garbage. */
const spare: Buffer[] = [];
const MAX_SPARE = 16;
/** The memory of large buffers: what else is given back is somebody else's. */
const large = new WeakSet<ArrayBufferLike>();

/** The segment that is being read was handed out by `own`: one at a time is read in a thread. */
let isHandedOut = false;

/**
 * How a socket that we open reads (`onread` of node:net): into one buffer of its own, straight to `take`, and past the
 * Readable, which spares its queue and a Buffer per read.
 */
export class Segments {
  readonly #take: (segment: Buffer) => boolean;
  #buffer: Buffer | null = null;

  /** `take` gets each segment, which is its own until it returns; false: no more for now, until the socket is resumed. */
  constructor(take: (segment: Buffer) => boolean) {
    this.#take = take;
  }

  /** The buffer for the next read. Asked by node:net once before the first one, and after each. */
  readonly buffer = (): Buffer => (this.#buffer ??= Buffer.allocUnsafeSlow(SMALL_BYTES));

  /** Called by node:net with what was read. */
  readonly callback = (sizeBytes: number, buffer: Uint8Array): boolean => {
    const whole = buffer as Buffer;
    isHandedOut = false;
    const goesOn = this.#take(whole.subarray(0, sizeBytes));
    const isOutgrown = sizeBytes === whole.length && sizeBytes < LARGE_BYTES;
    if (isHandedOut || isOutgrown) this.#buffer = largeBuffer();
    return goesOn;
  };
}

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
