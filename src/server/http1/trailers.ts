import { HeaderList } from '../../http/index.ts';
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

/** The trailer fields of a request. @throws ProxyError 400 for a field that may not be a trailer. */
export function parseTrailers(block: string): HeaderList {
  const raw = parseFieldLines(block);
  for (let at = 0; at < raw.length; at += 2) {
    if (NEVER_TRAILERS.has((raw[at] as string).toLowerCase())) refuse(400, 'bad-trailer');
  }
  return new HeaderList(raw);
}
