import type { JWTPayload, JWTVerifyOptions } from 'jose';
import { LruCache, ProxyError } from '../../../src/plugin/index.ts';
import type { Claims } from '../lib/auth-state.ts';
import type { Fresh } from '../lib/fresh.ts';
import { jose } from '../lib/libraries.ts';
import type { KeySet } from './key-set.ts';

/** Signatures by private keys only: a verifier that knew a secret could be made to take a public key for one. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
/** How many tokens are remembered as verified. */
const REMEMBERED = 1000;

/** What a token must be besides well signed and not expired. */
export interface TokenRules {
  /** One of these must be among its audiences; empty: any. */
  readonly audiences: readonly string[];
  /** One of these must have issued it; empty: the issuer whose keys are used, where its name is known. */
  readonly issuers: readonly string[];
  /** By how much clocks may differ, in seconds. */
  readonly leewayS: number;
}

interface Verified {
  readonly keys: KeySet;
  readonly claims: JWTPayload;
}

/** Verifies signed JWTs against keys that are kept fresh. Source: RFC 7519 §7.2, RFC 8725. */
export class JwtVerifier {
  readonly #keys: Fresh<KeySet>;
  readonly #rules: TokenRules;
  readonly #remembered = new LruCache<string, Verified>(REMEMBERED);

  constructor(keys: Fresh<KeySet>, rules: TokenRules) {
    this.#keys = keys;
    this.#rules = rules;
  }

  /**
   * The claims of the token; an Error that says why it is not valid. A promise unless the token is known.
   * @throws ProxyError (503) while there are no keys.
   */
  verify(token: string): Claims | Error | Promise<Claims | Error> {
    const known = this.#remembered.get(token);
    if (known !== undefined && known.keys === this.#keys.current) {
      if (this.#isAlive(known.claims)) return known.claims;
      this.#remembered.delete(token);
    }
    return this.#verify(token);
  }

  async #verify(token: string): Promise<Claims | Error> {
    const keys = await this.#keys.ready();
    if (keys === null)
      throw new ProxyError({
        code: 'auth-keys-missing',
        status: 503,
        source: 'internal',
        message: 'no keys to verify tokens',
      });
    try {
      return await this.#verifyWith(keys, token);
    } catch (error) {
      if (!(error instanceof jose().errors.JWKSNoMatchingKey)) return error as Error;
    }
    // A key that is not known: the issuer may have changed them.
    await this.#keys.hurry();
    return this.#verifyWith(this.#keys.current ?? keys, token).catch((error: Error) => error);
  }

  async #verifyWith(keys: KeySet, token: string): Promise<Claims> {
    const claims = await signedClaims(keys, token, this.#options(keys));
    this.#remembered.set(token, { keys, claims });
    return claims;
  }

  #options({ issuer }: KeySet): JWTVerifyOptions {
    const { audiences, issuers, leewayS } = this.#rules;
    const expected = issuers.length > 0 ? [...issuers] : issuer;
    return {
      algorithms: ALGORITHMS,
      clockTolerance: leewayS,
      ...(audiences.length > 0 ? { audience: [...audiences] } : {}),
      ...(expected === null ? {} : { issuer: expected }),
    };
  }

  #isAlive({ exp }: JWTPayload): boolean {
    return exp === undefined || Date.now() / 1000 < exp + this.#rules.leewayS;
  }
}

async function signedClaims({ find }: KeySet, token: string, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jose().jwtVerify(token, find, options)).payload;
  } catch (error) {
    if (!(error instanceof jose().errors.JWKSMultipleMatchingKeys)) throw error;
    // A token that does not name its key: each that fits is tried.
    for await (const key of error) {
      const payload = await jose()
        .jwtVerify(token, key, options)
        .then(({ payload }) => payload, rethrowUnlessForged);
      if (payload !== null) return payload;
    }
    throw new (jose().errors.JWSSignatureVerificationFailed)();
  }
}

function rethrowUnlessForged(error: unknown): null {
  if (error instanceof jose().errors.JWSSignatureVerificationFailed) return null;
  throw error;
}
