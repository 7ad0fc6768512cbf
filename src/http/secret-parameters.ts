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

/** What ends a name, or else what one may stand behind; encoded within the value of another, once or more often. */
const MARK = /(=|%(?:25)*3[Dd])|[?&;#]|%(?:25)*(?:3[BbFf]|2[36])/g;
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
  for (const { 0: mark, 1: equals, index } of target.matchAll(MARK)) {
    if (index < copied) continue;
    const behind = index + mark.length;
    if (equals !== undefined && start >= 0 && isSecret(target, start, index, shown)) {
      const end =
        query < 0 || behind <= query ? ended(VALUE_IN_PATH_END, target, behind) : ended(VALUE_END, target, behind);
      if (end > behind) masked += target.slice(copied, behind) + MASK;
      if (end > behind) copied = end;
    }
    if (equals === undefined || start >= 0) start = behind;
  }
  return copied === 0 ? target : masked + target.slice(copied);
}

function ended(end: RegExp, target: string, from: number): number {
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
