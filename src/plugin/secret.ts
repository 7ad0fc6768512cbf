import { withoutSecrets, withoutUrlCredentials } from '../http/index.ts';
import { type Arg, type ArgValue, MASKED, type Mask } from './arg.ts';

/** Names of headers, cookies and parameters whose values let somebody in. */
const CREDENTIAL =
  /authori[sz]ation|credential|secret|token|jwt|assertion|passw|pwd|passphrase|api[-_]?key|access[-_]?key|private[-_]?key|cookie|session|signature/i;
/** Names of settings written as "name=value" whose value is a secret itself. */
const SECRET_SETTING =
  /^([\w.-]*(?:secret|passw\w*|passphrase|api[-_]?key|access[-_]?key|private[-_]?key)=)(?!secretRef:).+$/is;
const SCHEME = /^(\s*(?:Bearer|Basic|Digest|Token|Negotiate|AWS4-HMAC-SHA256)\s+)\S.*$/is;
/** What htpasswd files hold, and keys in PEM. */
const HASH =
  /^(?:[^\s:]+:)?(?:\$(?:2[abxy]?|apr1|1|5|6|argon2\w*)\$|\{SHA\d*\}).*|-----BEGIN [A-Z ]*PRIVATE KEY-----.*/s;
const QUOTED = /(["'`])(?:\\.|(?!\1)[^\\])*\1/gs;

/** Says whether the value of a header, cookie or parameter of this name lets somebody in. */
export function isCredentialName(name: string): boolean {
  return CREDENTIAL.test(name);
}

/** Hides a value when a name before it, of a header, cookie or parameter, says that it lets somebody in. */
export const secretByName: Mask = (value, before) =>
  before.some((name) => typeof name === 'string' && isCredentialName(name)) ? MASKED : shownText(value);

/** Hides the texts in quotes of a program. */
export const secretLiterals: Mask = (value) => value.replace(QUOTED, `$1${MASKED}$1`);

/** What of a text may be shown whatever it is for: all but credentials in URLs and queries, hashes of passwords, keys. */
export function shownText(text: string): string {
  if (HASH.test(text)) return MASKED;
  const shown = withoutSecrets(withoutUrlCredentials(text));
  return shown.replace(SECRET_SETTING, `$1${MASKED}`).replace(SCHEME, `$1${MASKED}`);
}

/** What of an argument may be shown where others than its author read it. `schema` is null for what is not known. */
export function shownArg(schema: Arg<unknown> | null, value: ArgValue, before: readonly ArgValue[]): ArgValue {
  if (schema?.mask !== undefined) return shownText(schema.mask(String(value), before));
  return typeof value === 'string' ? shownText(value) : value;
}

/** The schema of the argument at a position; null when there is none. */
export function schemaAt(args: readonly Arg<unknown>[], position: number): Arg<unknown> | null {
  const last = args.at(-1);
  return args[position] ?? (last?.rest === true ? last : null);
}
