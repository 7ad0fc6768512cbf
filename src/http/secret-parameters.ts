import { decodeQueryComponent } from './query.ts';

/** Query parameters whose values let whoever reads them act for somebody; decoded, in lower case. */
const SECRETS: ReadonlySet<string> = new Set([
  // OAuth 2 and OpenID Connect: answers of the authorization endpoint, tokens, credentials of clients.
  ...['code', 'state', 'access_token', 'id_token', 'refresh_token', 'id_token_hint', 'code_verifier'],
  ...['client_secret', 'assertion', 'client_assertion', 'samlresponse'],
  // OAuth 1, CAS, and sessions in paths.
  ...[
    'oauth_token',
    'oauth_verifier',
    'oauth_signature',
    'ticket',
    'jsessionid',
    'phpsessid',
    'sessionid',
    'session_id',
  ],
  // What applications call theirs.
  ...['token', 'auth_token', 'authtoken', 'jwt', 'api_key', 'apikey', 'api-key', 'x-api-key', 'secret'],
  ...['private_token', 'session_token', 'reset_token', 'subscription-key'],
  ...['password', 'passwd', 'pwd', 'passphrase', 'otp'],
  // Signed URLs.
  ...['signature', 'sig', 'x-amz-signature', 'x-amz-security-token', 'x-goog-signature'],
]);
const MASK = '***';
/** A longer name is none of them, however it is encoded. */
const MAX_NAME_LENGTH = 256;
const LENGTHS = new Set([...SECRETS].map((name) => name.length));
/** What parts names such as "user[password]" and "token[]" have. */
const BRACKETS = /[[\]]+/;

const HASH = 0x23;
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUESTION_MARK = 0x3f;
/** One of these marks within the value of another parameter, where it is encoded once or more often. */
const ENCODED_MARK = /%(?:25)*(?:3[BbDdFf]|2[36])/y;
const QUERY_OR_FRAGMENT = /[?#]/;
const VALUE_IN_PATH_END = /[/;?#]|$/g;
const VALUE_END = /[&#]|$/g;

/**
 * A request target or a URL, fit for a log: the values of parameters that carry secrets are "***", the rest stays byte for
 * byte. Looked at are the query, the fragment, parameters of the path ("/a;b=c"), and a target within a value, of which all
 * that follows a secret is left out. Parameters in `shown` (decoded names) stay. The one place that knows which these are.
 */
export function withoutSecrets(target: string, shown?: ReadonlySet<string>): string {
  if (!target.includes('=')) return target;
  const query = target.search(QUERY_OR_FRAGMENT);
  let masked = '';
  let copied = 0;
  // Where a name begins; the first mark has none before it.
  let start = -1;
  for (let at = 0, behind = 0; at < target.length; at = behind) {
    behind = at + 1;
    let mark = target.charCodeAt(at);
    if (mark === PERCENT) {
      behind = behindEscape(target, at);
      if (behind > at + 1) mark = Number.parseInt(target.slice(behind - 2, behind), 16);
    }
    if (mark === EQUALS && start >= 0) {
      if (isSecret(target, start, at, shown)) {
        const end = valueEnd(target, behind, query);
        if (end > behind) {
          masked += target.slice(copied, behind) + MASK;
          behind = copied = end;
        }
      }
      start = behind;
    } else if (mark === AMPERSAND || mark === SEMICOLON || mark === QUESTION_MARK || mark === HASH) start = behind;
  }
  return copied === 0 ? target : masked + target.slice(copied);
}

/** Where an encoded mark ends; behind the "%" where it is none. */
function behindEscape(target: string, at: number): number {
  ENCODED_MARK.lastIndex = at;
  return ENCODED_MARK.test(target) ? ENCODED_MARK.lastIndex : at + 1;
}

/** Where a value ends: in the path with its segment. `query` is where the query or the fragment begins, or -1. */
function valueEnd(target: string, from: number, query: number): number {
  const end = query < 0 || from <= query ? VALUE_IN_PATH_END : VALUE_END;
  end.lastIndex = from;
  return end.exec(target)?.index ?? target.length;
}

function isSecret(target: string, start: number, end: number, shown: ReadonlySet<string> | undefined): boolean {
  const length = end - start;
  if (length === 0 || length > MAX_NAME_LENGTH) return false;
  const written = target.slice(start, end);
  const isPlain = !written.includes('%') && !written.endsWith(']');
  if (isPlain && !LENGTHS.has(length)) return false;
  const name = isPlain ? written : decodedFully(written);
  if (shown?.has(name) === true) return false;
  return name
    .toLowerCase()
    .split(BRACKETS)
    .some((part) => SECRETS.has(part));
}

/** A name within a value is encoded once more often than one that is not. */
function decodedFully(name: string): string {
  const decoded = decodeQueryComponent(name);
  return decoded.includes('%') && decoded !== name ? decodedFully(decoded) : decoded;
}
