import { withoutSecrets } from '../../../src/plugin/index.ts';
import { ask, jsonObject } from './ask.ts';
import { readUrl } from './url-argument.ts';

/** Loads happen in the background, where patience costs no one. */
const LOAD_TIMEOUT_MS = 5000;

/** Loads a JSON object. @throws Error when the server does not answer 200 with one. */
export async function loadJson(url: string): Promise<Record<string, unknown>> {
  return ask(url, { headers: { Accept: 'application/json' }, timeoutMs: LOAD_TIMEOUT_MS }, (answer) => {
    if (answer.status !== 200) throw new Error(`${withoutSecrets(url)} answered ${answer.status}`);
    return jsonObject(answer);
  });
}

/** What an authorization server says of itself. Source: OpenID Connect Discovery 1.0 §3, RFC 8414 §2. */
export class IssuerMetadata {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #url: string;

  constructor(fields: Readonly<Record<string, unknown>>, url: string) {
    this.#fields = fields;
    this.#url = url;
  }

  /** A URL among the metadata, such as "jwks_uri". @throws Error when there is none. */
  url(name: string): string {
    return readUrl(this.text(name));
  }

  /** A text among the metadata. @throws Error when there is none. */
  text(name: string): string {
    const value = this.#fields[name];
    if (typeof value !== 'string') throw new Error(`${this.#url} names no "${name}"`);
    return value;
  }
}

/** Loads the metadata of the issuer at `issuerUrl`. @throws Error */
export async function discover(issuerUrl: string): Promise<IssuerMetadata> {
  const url = `${issuerUrl.replace(/\/+$/, '')}/.well-known/openid-configuration`;
  return new IssuerMetadata(await loadJson(url), url);
}
