import type { JSONWebKeySet, JWK, JWTVerifyGetKey } from 'jose';
import { withoutSecrets } from '../../../src/plugin/index.ts';
import { discover, loadJson } from '../lib/discovery.ts';
import { jose } from '../lib/libraries.ts';

/** The public keys of an issuer. */
export interface KeySet {
  /** The issuer's name for itself, or null where only its keys are known. */
  readonly issuer: string | null;
  readonly find: JWTVerifyGetKey;
}

/** Public keys only: a shared secret in a published key set would let everyone sign. */
const PUBLIC_KINDS: ReadonlySet<unknown> = new Set(['RSA', 'EC', 'OKP']);

/** Loads the keys at `url`. @throws Error */
export async function loadKeys(url: string, issuer: string | null = null): Promise<KeySet> {
  const { keys } = await loadJson(url);
  if (!Array.isArray(keys)) throw new Error(`${withoutSecrets(url)} holds no key set`);
  const usable = keys.filter((key: JWK) => PUBLIC_KINDS.has(key?.kty) && key.use !== 'enc');
  return { issuer, find: jose().createLocalJWKSet({ keys: usable } as JSONWebKeySet) };
}

/** Loads the keys that the issuer at `url` publishes. @throws Error */
export async function loadIssuerKeys(url: string): Promise<KeySet> {
  const metadata = await discover(url);
  return loadKeys(metadata.url('jwks_uri'), metadata.text('issuer'));
}
