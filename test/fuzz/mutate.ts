import { Random } from './random.ts';

/** Pieces of messages: the first list is of what is well-formed, the second of what is not, or hardly. */
export type Pieces = readonly [readonly string[], readonly string[]];

const JUNK = [
  '\r',
  '\n',
  '\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '0',
  '5',
  'a',
  '\x7f',
  '\xff',
  '\x0b',
  '#',
  '%',
  '"',
  'chunked',
  'GET / HTTP/1.1',
];

/** `bytes` with up to three pieces of junk put in, octets taken out or parts repeated. */
export function mutate(bytes: string, random: Random): string {
  let mutated = bytes;
  for (let count = 1 + random.below(3); count > 0; count--) {
    const at = random.below(mutated.length + 1);
    const gone = random.chance(0.5) ? random.below(3) : 0;
    const kind = random.next();
    const insert = kind < 0.5 ? random.pick(JUNK) : kind < 0.7 ? String.fromCharCode(random.below(256)) : '';
    const repeated = kind >= 0.9 ? mutated.slice(at, at + random.below(40)) : '';
    mutated = mutated.slice(0, at) + insert + repeated + mutated.slice(at + gone);
  }
  return mutated;
}

/** Cuts `bytes` at random places, in the way of the seed; now and then into single bytes. */
export function split(bytes: string, seed: number): string[] {
  const random = new Random(seed ^ 0x5bd1e995);
  if (random.chance(0.1) && bytes.length < 600) return [...bytes];
  const parts: string[] = [];
  const longest = random.pick([2, 10, 60, 400]);
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + random.below(longest);
    parts.push(bytes.slice(at, at + length));
    at += length;
  }
  return parts;
}
