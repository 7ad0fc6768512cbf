import { Socket } from 'node:net';

/** Where node:net keeps, on a socket made with `onread`, its buffer and its callback. */
const [BUFFER, CALLBACK] = ['kBuffer', 'kBufferCb'].map((name) =>
  Object.getOwnPropertySymbols(new Socket()).find(({ description }) => description === name),
);

/** A connection's handle as far as it is needed here. */
interface Handle {
  useUserBuffer?(buffer: Buffer): void;
}

/** All connections of a thread read into it, one at a time. */
const segmentBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Has a socket read into a buffer that all share, straight to `take`, and past its Readable, as the `onread` of sockets that
 * one opens oneself; node:net offers none for those it accepts. A segment is `take`'s until it returns; where it answers
 * false, reading stops until the socket is resumed.
 *
 * Answers false where this Node.js does not have what it takes; then the socket is to be read as the stream that it is.
 */
export function readInPlace(socket: Socket, take: (segment: Buffer) => boolean): boolean {
  const handle = (socket as unknown as { _handle?: Handle | null })._handle;
  if (BUFFER === undefined || CALLBACK === undefined || socket.constructor !== Socket) return false;
  if (typeof handle?.useUserBuffer !== 'function') return false;
  Object.assign(socket, {
    [BUFFER]: segmentBuffer,
    [CALLBACK]: (sizeBytes: number, buffer: Buffer) => take(buffer.subarray(0, sizeBytes)),
  });
  handle.useUserBuffer(segmentBuffer);
  return true;
}

/** Stops reading, if the socket reads. */
export function pause(socket: Socket): void {
  if (!socket.isPaused()) socket.pause();
}

/** Goes on reading, if the socket was paused. */
export function resume(socket: Socket): void {
  if (socket.isPaused()) socket.resume();
}
