import { createHmac, randomBytes } from 'node:crypto';
import { LruCache } from '../../../src/plugin/index.ts';
import type { Login } from '../lib/credentials.ts';
import { type Busy, type HashingPool, passwordChecks } from './hashing-pool.ts';
import { costOf, MAX_BCRYPT_COST } from './password-hash.ts';

/** How many logins are remembered as right, and how long, so that a slow hash is not computed for every request. */
const REMEMBERED = 1000;
const REMEMBER_MS = 10 * 60_000;
/** A longer password is wrong: what hashing costs grows with it. bcrypt looks at 72 bytes. */
const MAX_PASSWORD_BYTES = 4096;
/** A bcrypt hash of a random password, checked where there is no user at all. */
const NOBODY = '$2b$10$S1C5xtAOp5ddjJDoWNgahea5oPnHS7kK2ImtGJaw/4BXEkymQohNy';

/**
 * The users of an htpasswd file (Apache) and the hashes of their passwords: bcrypt, SHA-1 or MD5 ("apr1").
 * @throws Error for a line that is none, or with a hash of another kind.
 */
export class Htpasswd {
  readonly #hashes: ReadonlyMap<string, string>;
  /** A hash of each cost that there is. */
  readonly #costs: ReadonlyMap<string, string>;
  readonly #pool: HashingPool;
  /** Until when a login is known as right; by a keyed hash of it, which is worth nothing outside this thread. */
  readonly #remembered = new LruCache<string, number>(REMEMBERED);
  /** Checks under way, by the same: the requests of one page wait for one. */
  readonly #underWay = new Map<string, Promise<boolean>>();
  readonly #key = randomBytes(32);

  constructor(content: string, pool: HashingPool = passwordChecks) {
    this.#pool = pool;
    const hashes = new Map<string, string>();
    const costs = new Map<string, string>();
    for (const [at, line] of content.split('\n').entries()) {
      const entry = line.trim();
      if (entry === '' || entry.startsWith('#')) continue;
      const [user = '', hashed = ''] = entry.split(':');
      const cost = costOf(hashed);
      if (user === '' || cost === null)
        throw new Error(
          `line ${at + 1}: expected "user:hash" with a bcrypt (cost 4 to ${MAX_BCRYPT_COST}), {SHA} or $apr1$ hash`,
        );
      // Of two lines for one user the first counts, as for Apache.
      if (!hashes.has(user)) hashes.set(user, hashed);
      if (!costs.has(cost)) costs.set(cost, hashed);
    }
    this.#hashes = hashes;
    this.#costs = costs.size === 0 ? new Map([['', NOBODY]]) : costs;
  }

  /**
   * Says whether the login is right; a promise unless that is known already. `client` is whose turn it is when several
   * have passwords checked. Busy: there is no room for one more check.
   */
  verify(login: Login, client: string): boolean | Busy | Promise<boolean> {
    const { user, password } = login;
    if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) return false;
    const key = createHmac('sha256', this.#key).update(`${user}:${password}`).digest('latin1');
    if (Date.now() < (this.#remembered.get(key) ?? 0)) return true;
    return this.#underWay.get(key) ?? this.#check(login, key, client);
  }

  #check({ user, password }: Login, key: string, client: string): Busy | Promise<boolean> {
    const own = this.#hashes.get(user) ?? null;
    const ownCost = own === null ? null : costOf(own);
    const others = [...this.#costs].filter(([cost]) => cost !== ownCost).map(([, hashed]) => hashed);
    const check = this.#pool.check(client, { password, own, others });
    if (typeof check === 'string') return check;
    const settled = check.then((right) => {
      if (right) this.#remembered.set(key, Date.now() + REMEMBER_MS);
      return right;
    });
    this.#underWay.set(key, settled);
    const forget = (): void => void this.#underWay.delete(key);
    settled.then(forget, forget);
    return settled;
  }
}
