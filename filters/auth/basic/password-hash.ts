import { hash, timingSafeEqual } from 'node:crypto';
import { bcrypt } from '../lib/libraries.ts';
import { md5Crypt } from './md5-crypt.ts';

/** The most rounds a bcrypt hash may ask for, as a power of two: that of Apache's htpasswd. One check takes seconds then. */
export const MAX_BCRYPT_COST = 17;

const KNOWN_HASH =
  /^(?:\$2[aby]\$(?<cost>\d\d)\$[./A-Za-z0-9]{53}|\{SHA\}[A-Za-z0-9+/]{27}=|\$(?:apr1|1)\$[^$:]{0,8}\$[./A-Za-z0-9]{22})$/;

/** What it costs to check a password against a hash: equal words, equal cost. Null for what is no hash that is known. */
export function costOf(hashed: string): string | null {
  const known = KNOWN_HASH.exec(hashed);
  if (known === null) return null;
  const cost = known.groups?.['cost'];
  if (cost === undefined) return hashed.startsWith('{SHA}') ? 'sha' : 'md5';
  return Number(cost) >= 4 && Number(cost) <= MAX_BCRYPT_COST ? `bcrypt ${cost}` : null;
}

/** Says whether the hash is one of the password. Takes its time: not for the thread that serves requests. */
export function verifyPassword(password: string, hashed: string): boolean {
  if (hashed.startsWith('$2')) return bcrypt().compareSync(password, hashed);
  if (hashed.startsWith('{SHA}')) return sameText(hash('sha1', password, 'base64'), hashed.slice('{SHA}'.length));
  const [, magic, salt = '', digest = ''] = hashed.split('$');
  return sameText(md5Crypt(password, salt, magic === '1' ? '$1$' : '$apr1$'), digest);
}

function sameText(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
