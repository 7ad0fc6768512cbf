import { type HeaderList, isHopByHop, listMembers } from '../http/index.ts';

/** Names that need a look; all others are passed on unseen. */
const LOOKED_AT = [
  ...['te', 'host', 'expect', 'upgrade', 'trailer', 'connection', 'keep-alive', 'content-length', 'http2-settings'],
  ...['proxy-connection', 'transfer-encoding', 'proxy-authenticate', 'proxy-authorization'],
];

/** By the length of a name: a bit for each first letter that one of them has. */
const FIRST_LETTERS = new Uint32Array(256);
for (const name of LOOKED_AT) FIRST_LETTERS[name.length] = (FIRST_LETTERS[name.length] as number) | letterBit(name);

function letterBit(name: string): number {
  return 1 << (name.charCodeAt(0) & 0x1f);
}

/** Says whether the name may be one that is not simply passed on; its first letter tells most of the same length apart. */
export function isLookedAt(name: string): boolean {
  return ((FIRST_LETTERS[name.length] as number) & letterBit(name)) !== 0;
}

/**
 * The fields of a request as undici takes them: flat, without those of the client's connection and without the framing.
 *
 * `lengthBytes` is the length of streamed content, or null; undici adds that of fixed content itself. `host` is the Host to
 * send, or null for that of the backend, which undici adds. Expect goes no further: the listener
 * answers it. Trailer neither: undici sends no trailers. `TE: trailers` may stay. What the client's Connection names is gone
 * since the listener read it; a Connection that a filter wrote removes nothing. Source: RFC 9110 §7.6.1, §10.1.
 */
export function requestFields(headers: HeaderList, lengthBytes: number | null, host: string | null): string[] {
  const { raw } = headers;
  const fields: string[] = [];
  if (host !== null) fields.push('Host', host);
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    const value = raw[at + 1] as string;
    if (isLookedAt(name)) {
      const lower = name.toLowerCase();
      if (lower === 'te' && takesTrailers(headers, value)) {
        if (!fields.includes('TE')) fields.push('TE', 'trailers');
        continue;
      }
      if (isDropped(lower)) continue;
    }
    fields.push(name, value);
  }
  if (lengthBytes !== null) fields.push('Content-Length', String(lengthBytes));
  return fields;
}

function isDropped(lower: string): boolean {
  switch (lower) {
    case 'host':
    case 'content-length':
    case 'expect':
    case 'trailer':
      return true;
    default:
      return isHopByHop(lower);
  }
}

function takesTrailers(headers: HeaderList, value: string): boolean {
  return value === 'trailers' || listMembers(headers, 'te').includes('trailers');
}
