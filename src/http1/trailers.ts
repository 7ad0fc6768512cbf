import { FRAMING, HeaderList, HOP_BY_HOP, NO_TRAILER, traitsOf } from '../http/index.ts';
import { parseFieldLines } from './field-lines.ts';

/**
 * The trailer fields in a block that `areFieldLines`, without those that frame, speak of the connection, or are in `removed`
 * (in lower case), which Connection names (RFC 9110 §6.5.1, §7.6.1); null: none is left.
 *
 * `refuse` throws where one frames or routes the message, as in a request; null: that of a response is left out, or harmless.
 */
export function readTrailers(
  block: string,
  removed: ReadonlySet<string>,
  refuse: (() => never) | null,
): HeaderList | null {
  const raw = parseFieldLines(block);
  const kept: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    const traits = traitsOf(name);
    if (refuse !== null && (traits & NO_TRAILER) !== 0) refuse();
    const isLeftOut = (traits & (HOP_BY_HOP | FRAMING)) !== 0 || removed.has(name.toLowerCase());
    if (!isLeftOut) kept.push(name, raw[at + 1] as string);
  }
  return kept.length === 0 ? null : new HeaderList(kept);
}
