import { CONTENT_CODINGS, type ContentCoding } from './content-coding.ts';

const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

/**
 * The coding of `codings` to send to a client with this Accept-Encoding, or null for content as it is.
 *
 * The highest weight wins, among equals the first of `codings`; a weight of 0 forbids, "*" speaks for all that
 * are not named, and content as it is wins only where it is weighted higher by name. Without the header nothing is
 * coded: any coding would be allowed, but who does not ask seldom expects one. A member with a broken weight counts as
 * not there. Source: RFC 9110 §12.5.3.
 */
export function negotiateCoding(
  acceptEncoding: string | null,
  codings: readonly ContentCoding[] = CONTENT_CODINGS,
): ContentCoding | null {
  if (acceptEncoding === null || acceptEncoding === '') return null;
  const weights = parseWeights(acceptEncoding);
  const others = weights.get('*') ?? 0;
  let best: ContentCoding | null = null;
  let bestWeight = 0;
  for (const coding of codings) {
    const weight = weights.get(coding.name) ?? others;
    if (weight > bestWeight) {
      best = coding;
      bestWeight = weight;
    }
  }
  return (weights.get('identity') ?? 0) > bestWeight ? null : best;
}

function parseWeights(acceptEncoding: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const member of acceptEncoding.split(',')) {
    const [name = '', parameter] = member.split(';', 2);
    const weight = parameter === undefined ? 1 : weightOf(parameter);
    if (weight !== null) weights.set(canonicalName(name), weight);
  }
  return weights;
}

function weightOf(parameter: string): number | null {
  const match = WEIGHT.exec(parameter.trim());
  return match === null ? null : Number(match[1]);
}

function canonicalName(name: string): string {
  const lower = name.trim().toLowerCase();
  return lower === 'x-gzip' ? 'gzip' : lower;
}
