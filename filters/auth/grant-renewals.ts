import type * as client from 'openid-client';
import { type FilterContext, LruCache } from '../../src/plugin/index.ts';
import { type GrantSession, grantSession } from './grant-options.ts';
import { openid } from './libraries.ts';
import { unavailable } from './refusal.ts';

/** How many renewals are kept at hand. */
const KEPT = 1000;

interface Renewal {
  readonly session: Promise<GrantSession | null>;
  /** Until when it is used again, in seconds since the epoch; while it is under way that is not known. */
  endsAt: number;
}

const nowS = (): number => Date.now() / 1000;

/**
 * Access tokens that were renewed. A refresh token is often good for one use, and a browser sends many requests at
 * once and some with the old cookie still: what its renewal brought is used for all of them, as long as it lasts.
 */
export class GrantRenewals {
  readonly #provider: () => client.Configuration;
  readonly #renewals = new LruCache<string, Renewal>(KEPT);

  constructor(provider: () => client.Configuration) {
    this.#provider = provider;
  }

  /**
   * The session with an access token that has not ended; null where there is none to be had, and the user must log in.
   * @throws ProxyError (503) when the provider cannot be asked.
   */
  async current(session: GrantSession, ctx: FilterContext): Promise<GrantSession | null> {
    if (session.accessEndsAt > nowS()) return session;
    const { refreshToken } = session;
    if (refreshToken === null) return null;
    const known = this.#renewals.get(refreshToken);
    if (known !== undefined && known.endsAt > nowS()) return known.session;
    const renewal: Renewal = { session: this.#renew(session, refreshToken, ctx), endsAt: Number.POSITIVE_INFINITY };
    this.#renewals.set(refreshToken, renewal);
    try {
      renewal.endsAt = (await renewal.session)?.accessEndsAt ?? 0;
    } catch (error) {
      renewal.endsAt = 0;
      throw error;
    }
    return renewal.session;
  }

  async #renew(session: GrantSession, refreshToken: string, ctx: FilterContext): Promise<GrantSession | null> {
    try {
      return grantSession(await openid().refreshTokenGrant(this.#provider(), refreshToken), session);
    } catch (error) {
      const { message } = error as Error;
      ctx.log.info('an access token could not be renewed', { message });
      if (isRefusal(error)) return null;
      throw unavailable('the provider could not be asked for a new access token', error);
    }
  }
}

/** Says whether the provider has refused, rather than failed. Source: RFC 6749 §5.2. */
function isRefusal(error: unknown): boolean {
  const { status } = error as { status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500 && status !== 429;
}
