import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MIN_SECRET_LENGTH = 16;
/** What is opened is never larger than this: a sealed text is ours, but its size is the client's to choose. */
const MAX_OPENED_BYTES = 1 << 18;

/**
 * Secrets that values are sealed with before clients get to keep them: encrypted and authenticated (AES-256-GCM). The
 * first secret seals, each of them opens, so that a new one can be put in front while the old one is still honoured.
 */
export class Keyring {
  readonly #keys: readonly Buffer[];

  /** `content`: secrets of at least 16 characters, one a line or with commas between. @throws Error */
  constructor(content: string) {
    const secrets = content
      .split(/[\n,]/)
      .map((secret) => secret.trim())
      .filter((secret) => secret !== '');
    if (secrets.length === 0 || secrets.some(({ length }) => length < MIN_SECRET_LENGTH))
      throw new Error(`expected secrets of at least ${MIN_SECRET_LENGTH} characters each`);
    this.#keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'sluice sealed values', 32)));
  }

  /** Seals a JSON value; only `open` with the same `purpose` gets it back. The text is fit for a cookie. */
  seal(purpose: string, value: unknown): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#keys[0] as Buffer, nonce).setAAD(Buffer.from(purpose));
    const content = cipher.update(deflateRawSync(JSON.stringify(value)));
    return Buffer.concat([nonce, content, cipher.final(), cipher.getAuthTag()]).toString('base64url');
  }

  /** The value that was sealed, or null when the text was not sealed by one of these secrets for this purpose. */
  open(purpose: string, sealed: string): unknown {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length <= NONCE_BYTES + TAG_BYTES) return null;
    for (const key of this.#keys) {
      const value = openWith(key, purpose, bytes);
      if (value !== null) return value;
    }
    return null;
  }
}

/** The keyring of a file. @throws Error */
export const readKeyring = (content: Buffer): Keyring => new Keyring(content.toString('utf8'));

function openWith(key: Buffer, purpose: string, bytes: Buffer): unknown {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(purpose))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    const content = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    const packed = Buffer.concat([content, decipher.final()]);
    return JSON.parse(inflateRawSync(packed, { maxOutputLength: MAX_OPENED_BYTES }).toString('utf8'));
  } catch {
    return null;
  }
}
