import { type FilterContext, LruCache, type StateKey, stateKey, withoutSecrets } from '../../../src/plugin/index.ts';
import { ASK_TIMEOUT_MS, ask, jsonObject, type Question } from './ask.ts';
import type { Claims } from './auth-state.ts';
import { bearerRefusal, type Refusal } from './refusal.ts';

/** How many tokens a cache holds. */
const CACHED = 1000;

/** How a question about a token came out. */
export type TokenAnswer = { readonly facts: Claims } | { readonly refusal: Refusal };

/** What an endpoint is, and how it is asked. */
export interface TokenEndpoint {
  /** Where it is. @throws Error while that is not known. */
  url(): string | Promise<string>;
  /** What it is asked about the token. */
  question(token: string): Question;
  /** Tells endpoints apart. */
  readonly name: string;
  /** How long an answer may be used again, in ms; default 0: not at all. */
  readonly cacheMs?: number;
  /** Default ASK_TIMEOUT_MS. */
  readonly timeoutMs?: number;
}

/** What was last asked for a request: the filters of one route ask once. */
const asked: StateKey<{ readonly name: string; readonly token: string; readonly answer: TokenAnswer }> =
  stateKey('token-question');

/** Asks an endpoint about bearer tokens. Whoever cannot be asked refuses. */
export class TokenClient {
  readonly #endpoint: TokenEndpoint;
  readonly #cache = new LruCache<string, { readonly facts: Claims; readonly until: number }>(CACHED);

  constructor(endpoint: TokenEndpoint) {
    this.#endpoint = endpoint;
  }

  async about(token: string, ctx: FilterContext): Promise<TokenAnswer> {
    const { name } = this.#endpoint;
    const before = ctx.state.get(asked);
    if (before?.name === name && before.token === token) return before.answer;
    const answer = this.#cached(token) ?? (await this.#ask(token, ctx));
    ctx.state.set(asked, { name, token, answer });
    return answer;
  }

  #cached(token: string): TokenAnswer | null {
    const found = this.#cache.get(token);
    return found !== undefined && Date.now() < found.until ? found : null;
  }

  async #ask(token: string, ctx: FilterContext): Promise<TokenAnswer> {
    const { name, cacheMs = 0, timeoutMs = ASK_TIMEOUT_MS } = this.#endpoint;
    try {
      const question = { ...this.#endpoint.question(token), signal: ctx.signal, timeoutMs };
      const answer = await ask(await this.#endpoint.url(), question, answerOf);
      if ('facts' in answer && cacheMs > 0) this.#remember(token, answer.facts, cacheMs);
      return answer;
    } catch (error) {
      ctx.log.error('a token could not be asked about', {
        endpoint: withoutSecrets(name),
        message: (error as Error).message,
      });
      return { refusal: bearerRefusal.unavailable };
    }
  }

  #remember(token: string, facts: Claims, cacheMs: number): void {
    const leftMs = Number(facts['expires_in'] ?? Number.POSITIVE_INFINITY) * 1000;
    this.#cache.set(token, { facts, until: Date.now() + Math.min(cacheMs, leftMs) });
  }
}

async function answerOf(answer: globalThis.Response): Promise<TokenAnswer> {
  if (answer.status === 200) return { facts: await jsonObject(answer) };
  if (answer.status === 401 || answer.status === 403) return { refusal: bearerRefusal.invalid };
  throw new Error(`it answered ${answer.status}`);
}

/** The endpoint for token info at `url`, which is sent the token itself. */
export function tokenInfoEndpoint(
  url: string,
  times: Pick<TokenEndpoint, 'cacheMs' | 'timeoutMs'> = {},
): TokenEndpoint {
  return {
    ...times,
    name: url,
    url: () => url,
    question: (token) => ({ headers: { Authorization: `Bearer ${token}` } }),
  };
}
