import { decodeQueryComponent } from './query.ts';

/** Query parameters whose values let whoever reads them act for somebody; decoded, in lower case. */
const SECRETS: ReadonlySet<string> = new Set([
  // OAuth 2 and OpenID Connect: answers of the authorization endpoint, tokens, credentials of clients.
  ...['code', 'state', 'access_token', 'id_token', 'refresh_token', 'id_token_hint', 'code_verifier'],
  ...['client_secret', 'assertion', 'client_assertion', 'samlresponse'],
  // What applications call theirs.
  ...['token', 'auth_token', 'authtoken', 'jwt', 'api_key', 'apikey', 'api-key', 'secret'],
  ...['password', 'passwd', 'pwd', 'passphrase', 'otp'],
  // Signed URLs.
  ...['signature', 'sig', 'x-amz-signature', 'x-amz-security-token', 'x-goog-signature'],
]);
const MASK = '***';
/** A longer name is none of them, however it is encoded. */
const MAX_NAME_LENGTH = 3 * Math.max(...[...SECRETS].map((name) => name.length));
const LENGTHS = new Set([...SECRETS].map((name) => name.length));

const AMPERSAND = 0x26;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUESTION_MARK = 0x3f;
const NUMBER_SIGN = 0x23;

/**
 * A request target or a URL, fit for a log: the values of query parameters that carry secrets are "***", the rest stays
 * byte for byte. Parameters in `shown` (decoded names) stay too. The one place that knows which parameters these are.
 */
export function withoutSecrets(target: string, shown?: ReadonlySet<string>): string {
  const mark = target.indexOf('?');
  if (mark < 0) return target;
  let masked = '';
  let copied = 0;
  let start = mark + 1;
  let equals = -1;
  for (let at = start; at <= target.length; at++) {
    const code = at === target.length ? AMPERSAND : target.charCodeAt(at);
    if (code === EQUALS) {
      if (equals < start) equals = at;
    } else if (code === AMPERSAND || code === SEMICOLON || code === QUESTION_MARK || code === NUMBER_SIGN) {
      if (equals >= start && equals + 1 < at && isSecret(target, start, equals, shown)) {
        masked += target.slice(copied, equals + 1) + MASK;
        copied = at;
      }
      start = at + 1;
    }
  }
  return copied === 0 ? target : masked + target.slice(copied);
}

function isSecret(target: string, start: number, end: number, shown: ReadonlySet<string> | undefined): boolean {
  const length = end - start;
  if (length === 0 || length > MAX_NAME_LENGTH) return false;
  const written = target.slice(start, end);
  const encoded = written.includes('%');
  if (!encoded && !LENGTHS.has(length)) return false;
  const name = encoded ? decodeQueryComponent(written) : written;
  return SECRETS.has(name.toLowerCase()) && shown?.has(name) !== true;
}
