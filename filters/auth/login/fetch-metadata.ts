import type { HeaderList, Request } from '../../../src/plugin/index.ts';

/**
 * Says whether the request opens a page, so that an answer that leads elsewhere is followed by a person: a GET whose
 * Sec-Fetch-Mode is "navigate". Of clients that send none, those count that are no XMLHttpRequest by their own word.
 * Source: W3C, Fetch Metadata Request Headers.
 */
export function opensPage({ method, headers, upgrade }: Request): boolean {
  if ((method !== 'GET' && method !== 'HEAD') || upgrade !== null) return false;
  const mode = headers.get('Sec-Fetch-Mode');
  if (mode !== null) return mode === 'navigate';
  return headers.get('X-Requested-With')?.toLowerCase() !== 'xmlhttprequest';
}

/**
 * Says whether a request that changes something was meant by whoever looks at this site, and not made by another:
 *
 * - Where the browser says where it comes from (Sec-Fetch-Site), it must not be "cross-site"; a GET must open a page
 *   besides, and not ahead of time: an image, a script or a prefetch of a link is no wish.
 * - Else Origin, else Referer must name the host that was asked.
 * - Without any of these a POST counts, which browsers never send without Origin, and a GET does not.
 *
 * Source: W3C, Fetch Metadata Request Headers; RFC 6454 §7.
 */
export function isOwnWish(request: Request): boolean {
  const { headers } = request;
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  const site = headers.get('Sec-Fetch-Site');
  if (site !== null)
    return site !== 'cross-site' && (changes || (headers.get('Sec-Fetch-Mode') === 'navigate' && !isPrefetch(headers)));
  const origin = headers.get('Origin') ?? headers.get('Referer');
  if (origin === null) return changes;
  return URL.canParse(origin) && new URL(origin).host === hostOf(request);
}

function isPrefetch(headers: HeaderList): boolean {
  return headers.has('Sec-Purpose') || headers.has('Purpose');
}

/** The host that was asked, without the port that goes without saying, as in the host of a URL. */
function hostOf({ host }: Request): string {
  return host.toLowerCase().replace(/:(?:80|443)?$/, '');
}
