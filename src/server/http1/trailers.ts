import { HeaderList, isHopByHop } from '../../http/index.ts';
import { parseFieldLines } from '../../http1/index.ts';
import { refuse } from './refusal.ts';

/** Fields that frame or route a message, which nobody may slip in behind it (RFC 9110 §6.5.1). */
const NEVER_TRAILERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The trailer fields of a request, without those of the connection and those in `removed`, in lower case, which its Connection
 * names. @throws ProxyError 400 for a field that may not be a trailer.
 */
export function parseTrailers(block: string, removed: ReadonlySet<string>): HeaderList {
  const raw = parseFieldLines(block);
  const kept: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = (raw[at] as string).toLowerCase();
    if (NEVER_TRAILERS.has(name)) refuse(400, 'bad-trailer');
    if (!removed.has(name) && !isHopByHop(name)) kept.push(raw[at] as string, raw[at + 1] as string);
  }
  return new HeaderList(kept);
}
