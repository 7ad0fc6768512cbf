import { randomUUID } from 'node:crypto';
import type { Session, Tokens } from '../login/code-flow.ts';
import { ThreadNews } from './thread-news.ts';

/** How long a login with a refresh token lasts in the browser, in seconds. */
const REFRESHABLE_S = 30 * 24 * 3600;
/** How long an access token counts whose server does not say, in seconds. */
const ACCESS_S = 3600;

/** The tokens of a login. */
export interface GrantSession extends Session {
  /** The same for all that a login is renewed to; by it a login that was ended is known. */
  readonly id: string;
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** When the access token ends, in seconds since the epoch. */
  readonly accessEndsAt: number;
}

/** Sessions that users ended, by their ids: whoever kept a copy of the cookies does not get in with it. */
export const endedSessions = new ThreadNews<true>('sluice ended sessions', 10_000);

/** What is kept of tokens that `before` was renewed to; a server that gives no new refresh token means the old one to stay. */
export function grantSession(tokens: Tokens, before: GrantSession | null): GrantSession {
  const now = Math.floor(Date.now() / 1000);
  const accessEndsAt = now + (tokens.expiresIn() ?? ACCESS_S);
  const refresh = tokens.refresh_token ?? before?.refreshToken ?? null;
  return {
    id: before?.id ?? randomUUID(),
    accessToken: tokens.access_token,
    refreshToken: refresh,
    accessEndsAt,
    endsAt: refresh === null ? accessEndsAt : now + REFRESHABLE_S,
  };
}
