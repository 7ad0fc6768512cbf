import { hash } from 'node:crypto';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ROUNDS = 1000;
/** Which bytes of the digest make up each group of four letters. */
const GROUPS = [
  [0, 6, 12],
  [1, 7, 13],
  [2, 8, 14],
  [3, 9, 15],
  [4, 10, 5],
] as const;

const md5 = (...parts: Uint8Array[]): Buffer => hash('md5', Buffer.concat(parts), 'buffer');

/**
 * The digest part of Apache's "$apr1$" and of the older "$1$" password hashes. Weak by today's measure: for files that
 * exist. Source: Apache httpd, apr_md5_encode; FreeBSD, crypt(3).
 */
export function md5Crypt(password: string, salt: string, magic: '$apr1$' | '$1$'): string {
  const secret = Buffer.from(password, 'utf8');
  const grain = Buffer.from(salt, 'latin1');
  return letters(stretched(start(secret, grain, Buffer.from(magic)), secret, grain));
}

function start(secret: Buffer, salt: Buffer, magic: Buffer): Buffer {
  const inner = md5(secret, salt, secret);
  const filling = Buffer.alloc(secret.length);
  for (let at = 0; at < secret.length; at++) filling[at] = inner[at % inner.length] as number;
  const tail: number[] = [];
  // For each bit of the length, from the lowest: a zero byte, or the first byte of the password.
  for (let bits = secret.length; bits > 0; bits >>= 1) tail.push(bits & 1 ? 0 : (secret[0] as number));
  return md5(secret, magic, salt, filling, Buffer.from(tail));
}

function stretched(first: Buffer, secret: Buffer, salt: Buffer): Buffer {
  const none = Buffer.alloc(0);
  let digest = first;
  for (let round = 0; round < ROUNDS; round++) {
    const odd = round % 2 === 1;
    digest = md5(
      odd ? secret : digest,
      round % 3 === 0 ? none : salt,
      round % 7 === 0 ? none : secret,
      odd ? digest : secret,
    );
  }
  return digest;
}

function letters(digest: Buffer): string {
  let text = '';
  for (const [high, middle, low] of GROUPS) {
    const bits = ((digest[high] as number) << 16) | ((digest[middle] as number) << 8) | (digest[low] as number);
    text += lettersOf(bits, 4);
  }
  return text + lettersOf(digest[11] as number, 2);
}

function lettersOf(bits: number, count: number): string {
  let text = '';
  for (let at = 0, left = bits; at < count; at++, left >>>= 6) text += ALPHABET[left & 63];
  return text;
}
