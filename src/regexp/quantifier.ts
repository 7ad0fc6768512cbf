import type { Cursor } from './cursor.ts';
import type { Node } from './tree.ts';

/** RE2's limit on the copies that counted repetitions ask for, nested ones multiplied. */
const MAX_COPIES = 1000;

export interface Quantifier {
  min: number;
  max: number;
  /** A `?` follows. */
  lazy: boolean;
}

const SIMPLE: Readonly<Record<string, readonly [number, number]>> = {
  '*': [0, Number.POSITIVE_INFINITY],
  '+': [1, Number.POSITIVE_INFINITY],
  '?': [0, 1],
};

/** Reads a quantifier, or returns undefined and stays; a `{` that opens no well-formed count is a literal. @throws RegexpError */
export function parseQuantifier(cursor: Cursor): Quantifier | undefined {
  const bounds = SIMPLE[cursor.peek()];
  if (bounds !== undefined) {
    cursor.at++;
    return { min: bounds[0], max: bounds[1], lazy: cursor.take('?') };
  }
  return cursor.peek() === '{' ? parseCount(cursor) : undefined;
}

function parseCount(cursor: Cursor): Quantifier | undefined {
  const start = cursor.at;
  // Leading zeros make the brace a literal, as in Go.
  const form = /\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}/y;
  form.lastIndex = start;
  const match = form.exec(cursor.source);
  if (match === null) return undefined;
  cursor.at = form.lastIndex;
  const min = Number(match[1]);
  const max = match[2] === undefined ? min : Number(match[3] ?? Number.POSITIVE_INFINITY);
  const largest = match[3] === undefined ? min : Math.max(min, max);
  if (largest > MAX_COPIES || min > max) cursor.fail(`invalid repeat count: ${match[0]}`, start);
  return { min, max, lazy: cursor.take('?') };
}

/** False when nested counts multiply to more than 1000 copies of something. */
export function repeatFits(node: Node, allowed = MAX_COPIES): boolean {
  switch (node.kind) {
    case 'repeat': {
      if (node.max === 0) return true;
      const copies = node.max === Number.POSITIVE_INFINITY ? node.min : node.max;
      if (copies > allowed) return false;
      return repeatFits(node.body, copies > 1 ? Math.floor(allowed / copies) : allowed);
    }
    case 'group':
      return repeatFits(node.body, allowed);
    case 'concat':
      return node.parts.every((part) => repeatFits(part, allowed));
    case 'choice':
      return node.alternatives.every((part) => repeatFits(part, allowed));
    default:
      return true;
  }
}
