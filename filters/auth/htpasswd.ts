import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { LruCache } from '../../src/plugin/index.ts';
import type { Login } from './credentials.ts';
import { bcrypt } from './libraries.ts';
import { md5Crypt } from './md5-crypt.ts';

/** How many logins are remembered as right, so that a slow hash is computed once and not for every request. */
const REMEMBERED = 1000;
/** A bcrypt hash of a random password, checked where there is no such user: the time must not tell who exists. */
const NOBODY = '$2b$10$S1C5xtAOp5ddjJDoWNgahea5oPnHS7kK2ImtGJaw/4BXEkymQohNy';

const KNOWN_HASH =
  /^(?:\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|\{SHA\}[A-Za-z0-9+/]{27}=|\$(?:apr1|1)\$[^$:]{0,8}\$[./A-Za-z0-9]{22})$/;

/**
 * The users of an htpasswd file (Apache) and the hashes of their passwords: bcrypt, SHA-1 or MD5 ("apr1").
 * @throws Error for a line that is none, or with a hash of another kind.
 */
export class Htpasswd {
  readonly #hashes: ReadonlyMap<string, string>;
  readonly #absent: string;
  readonly #remembered = new LruCache<string, true>(REMEMBERED);
  readonly #key = randomBytes(32);

  constructor(content: string) {
    const hashes = new Map<string, string>();
    for (const [at, line] of content.split('\n').entries()) {
      const entry = line.trim();
      if (entry === '' || entry.startsWith('#')) continue;
      const [user = '', hashed = ''] = entry.split(':');
      if (user === '' || !KNOWN_HASH.test(hashed))
        throw new Error(`line ${at + 1}: expected "user:hash" with a bcrypt, {SHA} or $apr1$ hash`);
      // Of two lines for one user the first counts, as for Apache.
      if (!hashes.has(user)) hashes.set(user, hashed);
    }
    this.#hashes = hashes;
    this.#absent = hashes.values().next().value ?? NOBODY;
  }

  /** Says whether the login is right; a promise unless that is known already. */
  verify({ user, password }: Login): boolean | Promise<boolean> {
    const login = createHmac('sha256', this.#key).update(`${user}:${password}`).digest('latin1');
    if (this.#remembered.get(login)) return true;
    return this.#check(user, password, login);
  }

  async #check(user: string, password: string, login: string): Promise<boolean> {
    const hashed = this.#hashes.get(user);
    const fits = await verifyPassword(password, hashed ?? this.#absent);
    if (!fits || hashed === undefined) return false;
    this.#remembered.set(login, true);
    return true;
  }
}

function verifyPassword(password: string, hashed: string): boolean | Promise<boolean> {
  if (hashed.startsWith('$2')) return bcrypt().compare(password, hashed);
  if (hashed.startsWith('{SHA}')) return sameText(hash('sha1', password, 'base64'), hashed.slice('{SHA}'.length));
  const [, magic, salt = '', digest = ''] = hashed.split('$');
  return sameText(md5Crypt(password, salt, magic === '1' ? '$1$' : '$apr1$'), digest);
}

function sameText(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
