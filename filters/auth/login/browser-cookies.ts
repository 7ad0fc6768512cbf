import { type HeaderList, withoutPort } from '../../../src/plugin/index.ts';

/** Browsers keep cookies up to about 4096 bytes, attributes and name included. */
const CHUNK_LENGTH = 3500;
/** So many that requests with them stay below what listeners take of a head (64 KiB), with room for the rest. */
const MAX_CHUNKS = 12;

/** Which cookies are ours, and whom browsers give them to. */
export interface CookieScope {
  /** What the names of all of them begin with. */
  readonly prefix: string;
  /** How many labels of the host are left out of their Domain. */
  readonly subdomainsToRemove: number;
  readonly secure: boolean;
}

/** Takes our cookies out of the request, and gives them by name. The others stay byte for byte. */
export function takeCookies(headers: HeaderList, prefix: string): Map<string, string> {
  const taken = new Map<string, string>();
  headers.mapValues('Cookie', (line) => {
    if (!line.includes(prefix)) return line;
    const kept = line.split(';').filter((pair) => {
      const equals = pair.indexOf('=');
      const name = pair.slice(0, Math.max(0, equals)).trim();
      if (name === '' || !name.startsWith(prefix)) return true;
      if (!taken.has(name)) taken.set(name, pair.slice(equals + 1).trim());
      return false;
    });
    return kept.length === 0 ? null : kept.join(';').trim();
  });
  return taken;
}

/** Set-Cookie for one cookie; a life of 0 seconds removes it. Scripts do not see it. */
export function writeCookie(
  scope: CookieScope,
  host: string,
  cookie: { name: string; value: string; lifeS: number },
): string {
  const domain = cookieDomain(host, scope.subdomainsToRemove);
  return [
    `${cookie.name}=${cookie.value}`,
    'Path=/',
    ...(domain === null ? [] : [`Domain=${domain}`]),
    `Max-Age=${Math.floor(cookie.lifeS)}`,
    'HttpOnly',
    ...(scope.secure ? ['Secure'] : []),
    // Strict would withhold them when the browser comes back from the provider.
    'SameSite=Lax',
  ].join('; ');
}

/** Set-Cookie lines for a text that one cookie may not hold: name + "a", name + "b" … @throws Error beyond 12. */
export function writeChunks(
  scope: CookieScope,
  host: string,
  cookie: { name: string; value: string; lifeS: number },
): string[] {
  const { name, value, lifeS } = cookie;
  const count = Math.ceil(value.length / CHUNK_LENGTH);
  if (count > MAX_CHUNKS)
    throw new Error(`what the provider says of the user needs ${count} cookies, more than ${MAX_CHUNKS}`);
  return Array.from({ length: count }, (_, at) => {
    const chunk = value.slice(at * CHUNK_LENGTH, (at + 1) * CHUNK_LENGTH);
    // The first says how many there are: a browser may still hold more of an earlier login.
    return writeCookie(scope, host, {
      name: chunkName(name, at),
      value: at === 0 ? `${count}.${chunk}` : chunk,
      lifeS,
    });
  });
}

/** The text of chunks, or null when there are none, or one is missing. */
export function joinChunks(cookies: ReadonlyMap<string, string>, name: string): string | null {
  const [, count, first = ''] = /^(\d{1,2})\.(.*)$/.exec(cookies.get(chunkName(name, 0)) ?? '') ?? [];
  if (count === undefined) return null;
  let joined = first;
  for (let at = 1; at < Number(count); at++) {
    const chunk = cookies.get(chunkName(name, at));
    if (chunk === undefined) return null;
    joined += chunk;
  }
  return joined;
}

const chunkName = (name: string, at: number): string => `${name}${String.fromCharCode(97 + at)}`;

/** The Domain of cookies, or null where they are for the host alone. Two labels are always left. Source: Skipper. */
function cookieDomain(host: string, subdomainsToRemove: number): string | null {
  const name = withoutPort(host);
  const labels = name.split('.');
  if (subdomainsToRemove === 0 || labels.length - subdomainsToRemove < 2 || /^[\d.]+$|:/.test(name)) return null;
  return labels.slice(subdomainsToRemove).join('.');
}
