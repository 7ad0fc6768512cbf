import { hash } from 'node:crypto';
import type * as client from 'openid-client';
import type { FilterContext } from '../../../src/plugin/index.ts';
import { openid } from '../lib/libraries.ts';
import { unavailable } from '../lib/refusal.ts';
import { endedSessions, type GrantSession, grantSession } from './grant-session.ts';
import { ThreadNews } from './thread-news.ts';

/** What sessions were renewed to, by what their refresh tokens are known by, as long as the new access tokens last. */
const renewedSessions = new ThreadNews<GrantSession>('sluice renewed sessions', 1000);

/** Renewals under way in this thread. */
const underWay = new Map<string, Promise<GrantSession | null>>();

/** How long one thread waits for the renewal of another, in ms: longer than a provider may take. */
const PATIENCE_MS = 10_000;

const nowS = (): number => Date.now() / 1000;

/** Hears of sessions from the other threads until `releaseSessions`. */
export function retainSessions(): void {
  endedSessions.retain();
  renewedSessions.retain();
}

export function releaseSessions(): void {
  endedSessions.release();
  renewedSessions.release();
}

/**
 * Renews access tokens that have ended. A refresh token is often good for one use, and a browser sends many requests at
 * once, to any of the threads, and some with the old cookie still: one renewal is for all of them, as long as it lasts.
 */
export class GrantRenewals {
  readonly #provider: () => client.Configuration;

  constructor(provider: () => client.Configuration) {
    this.#provider = provider;
  }

  /**
   * The session with an access token that has not ended; null where there is none to be had, and the user must log in.
   * @throws ProxyError (503) when the provider cannot be asked.
   */
  async current(session: GrantSession, ctx: FilterContext): Promise<GrantSession | null> {
    if (session.accessEndsAt > nowS()) return session;
    if (session.refreshToken === null) return null;
    const provider = this.#provider();
    const { issuer } = provider.serverMetadata();
    const { client_id } = provider.clientMetadata();
    const key = hash('sha256', JSON.stringify([issuer, client_id, session.refreshToken]));
    const known = renewedSessions.get(key) ?? underWay.get(key);
    if (known !== undefined) return known;
    const renewal = aloneWith(key, () => renewedTo(key, provider, session, ctx));
    underWay.set(key, renewal);
    try {
      return await renewal;
    } finally {
      underWay.delete(key);
    }
  }
}

/** Runs `task` while no other thread runs one of the same key. */
async function aloneWith<T>(key: string, task: () => Promise<T>): Promise<T> {
  // Node has locks from 24.5 on; without them each thread is alone by itself.
  const { locks } = navigator as Partial<Pick<Navigator, 'locks'>>;
  if (locks === undefined) return task();
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await locks.request(`sluice renewal ${key}`, { signal: patience }, task);
  } catch (error) {
    throw error === patience.reason ? unavailable('the provider takes too long for a new access token', error) : error;
  }
}

async function renewedTo(
  key: string,
  provider: client.Configuration,
  session: GrantSession,
  ctx: FilterContext,
): Promise<GrantSession | null> {
  // What another thread told before it let go is heard when the event loop has asked for events once more: with the
  // next turn but one, since this one may be at work on events that it asked for long ago.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  const told = renewedSessions.get(key);
  if (told !== undefined) return told;
  const next = await renew(provider, session, ctx);
  if (next !== null) renewedSessions.tell(key, next, next.accessEndsAt);
  return next;
}

async function renew(
  provider: client.Configuration,
  session: GrantSession,
  ctx: FilterContext,
): Promise<GrantSession | null> {
  try {
    return grantSession(await openid().refreshTokenGrant(provider, session.refreshToken as string), session);
  } catch (error) {
    ctx.log.info('an access token could not be renewed', { message: (error as Error).message });
    if (isRefusal(error)) return null;
    throw unavailable('the provider could not be asked for a new access token', error);
  }
}

/** Says whether the provider has refused, rather than failed. Source: RFC 6749 §5.2. */
function isRefusal(error: unknown): boolean {
  const { status } = error as { status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500 && status !== 429;
}
