import type { Node } from '../../src/regexp/tree.ts';

/** What follows a part of an expression; says whether the whole matched. */
type Then = (at: number) => boolean;

/**
 * Counts what an engine that goes back and forth does: each part it tries at each place. Stops at `most`. A sticky expression
 * is tried at the beginning only.
 */
export function stepsOf(root: Node, text: string, { most, sticky }: { most: number; sticky: boolean }): number {
  let steps = 0;
  const matches = (node: Node, at: number, then: Then): boolean => {
    if (++steps > most) return true;
    switch (node.kind) {
      case 'codePoint': {
        const code = text.codePointAt(at);
        return code !== undefined && has(node.set, code) && then(at + (code > 0xffff ? 2 : 1));
      }
      case 'edge':
        return holds(node.edge, text, at) && then(at);
      case 'group':
        return matches(node.body, at, then);
      case 'choice':
        return node.alternatives.some((each) => matches(each, at, then));
      case 'concat':
        return inTurn(node.parts, 0, at, then);
      case 'repeat':
        return again(node, 0, at, then);
    }
  };
  const inTurn = (parts: readonly Node[], index: number, at: number, then: Then): boolean =>
    index === parts.length
      ? then(at)
      : matches(parts[index] as Node, at, (next) => inTurn(parts, index + 1, next, then));
  const again = (node: Node & { kind: 'repeat' }, count: number, at: number, then: Then): boolean => {
    // A turn that takes nothing counts for the least number of turns only, as in ECMAScript.
    const more = (): boolean =>
      count < node.max &&
      matches(node.body, at, (next) => (next > at || count < node.min) && again(node, count + 1, next, then));
    if (count < node.min) return more();
    return node.greedy ? more() || then(at) : then(at) || more();
  };
  const last = sticky ? 0 : text.length;
  for (let start = 0; start <= last && steps <= most; start++) if (matches(root, start, () => true)) break;
  return steps;
}

function has(set: readonly number[], code: number): boolean {
  for (let at = 0; at < set.length; at += 2)
    if ((set[at] as number) <= code && code <= (set[at + 1] as number)) return true;
  return false;
}

function holds(edge: string, text: string, at: number): boolean {
  const isWord = (index: number): boolean => /\w/.test(text[index] ?? '');
  switch (edge) {
    case 'textStart':
      return at === 0;
    case 'textEnd':
      return at === text.length;
    case 'lineStart':
      return at === 0 || text[at - 1] === '\n';
    case 'lineEnd':
      return at === text.length || text[at] === '\n';
    default:
      return (isWord(at - 1) !== isWord(at)) === (edge === 'wordBoundary');
  }
}

/** A text that the expression matches, as short as it can be. */
export function sampleOf(node: Node): string {
  switch (node.kind) {
    case 'codePoint':
      return String.fromCodePoint(memberOf(node.set));
    case 'edge':
      return '';
    case 'group':
      return sampleOf(node.body);
    case 'choice':
      return node.alternatives.map(sampleOf).reduce((short, each) => (each.length < short.length ? each : short));
    case 'concat':
      return node.parts.map(sampleOf).join('');
    case 'repeat':
      return sampleOf(node.body).repeat(Math.max(node.min, Math.min(1, node.max)));
  }
}

/** One character of each class and text of the expression. */
export function alphabetOf(node: Node): Set<string> {
  switch (node.kind) {
    case 'codePoint':
      return new Set([String.fromCodePoint(memberOf(node.set)), String.fromCodePoint(node.set.at(-1) as number)]);
    case 'edge':
      return new Set();
    case 'group':
    case 'repeat':
      return alphabetOf(node.body);
    case 'choice':
      return new Set(node.alternatives.flatMap((each) => [...alphabetOf(each)]));
    case 'concat':
      return new Set(node.parts.flatMap((each) => [...alphabetOf(each)]));
  }
}

/** A member that can be seen, where there is one. */
function memberOf(set: readonly number[]): number {
  for (const wanted of [0x61, 0x20, 0x31, 0x3d]) if (has(set, wanted)) return wanted;
  return set[0] as number;
}
