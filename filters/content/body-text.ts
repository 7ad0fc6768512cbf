import { isUtf8 } from 'node:buffer';

const NOTHING = Buffer.alloc(0);

/**
 * The text of one body as it streams by: UTF-8 as long as the octets are that, from then on one character per octet, so
 * that what is not edited comes out byte for byte in any case.
 */
export class BodyText {
  #encoding: 'utf8' | 'latin1' = 'utf8';
  /** The beginning of a character whose rest is in the next chunk. */
  #partial: Uint8Array = NOTHING;
  #hasTurned = false;

  /** The text of the next chunk. Ask `turned` then. */
  decode(chunk: Uint8Array): string {
    if (this.#encoding === 'latin1') return latin1(chunk);
    const bytes = this.#partial.length === 0 ? chunk : Buffer.concat([this.#partial, chunk]);
    const end = wholeCharacters(bytes);
    this.#partial = bytes.subarray(end);
    const whole = bytes.subarray(0, end);
    if (isUtf8(whole)) return asBuffer(whole).toString('utf8');
    this.#partial = NOTHING;
    return this.#turn(bytes);
  }

  /** What was left of a character that the end of the body cut. Ask `turned` then. */
  finish(): string {
    const partial = this.#partial;
    this.#partial = NOTHING;
    return partial.length === 0 ? '' : this.#turn(partial);
  }

  /** Text decoded before and not yet encoded, as it has to stand since octets turned up that are no UTF-8. */
  turned(pending: string): string {
    if (!this.#hasTurned) return pending;
    this.#hasTurned = false;
    return asOctets(pending);
  }

  /** The octets of text that came from here. */
  encode(text: string): Uint8Array {
    return Buffer.from(text, this.#encoding);
  }

  /** Text from elsewhere as it has to stand between text from here. */
  adopt(text: string): string {
    return this.#encoding === 'utf8' ? text : asOctets(text);
  }

  #turn(bytes: Uint8Array): string {
    this.#encoding = 'latin1';
    this.#hasTurned = true;
    return latin1(bytes);
  }
}

function asOctets(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function latin1(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('latin1');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The end of the last UTF-8 character that is there whole. */
function wholeCharacters(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back] ?? 0;
    if (byte < 0x80) return length;
    if (byte >= 0xc0) {
      const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return size > back ? length - back : length;
    }
  }
  return length;
}
