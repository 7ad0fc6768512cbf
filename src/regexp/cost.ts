import { emitSet } from './emit-set.ts';
import { parseRegexp } from './parser.ts';
import { isWords, shareBeginnings } from './shared-beginnings.ts';
import type { ChoiceNode, Node } from './tree.ts';

/**
 * How many steps matching may take at each character of a hostile subject: the instructions that V8's linear engine can
 * have alive at once, counted as RE2's compiler would, with counts written out. An upper estimate; a step takes 10 to 30 ns.
 * @throws RegexpError for bad syntax
 */
export function stepsPerCharacter(source: string): number {
  return 1 + steps(shareBeginnings(parseRegexp(source).root));
}

function steps(node: Node): number {
  switch (node.kind) {
    case 'codePoint':
      return stepsOfSet(emitSet(node.set));
    case 'edge':
      return 1;
    case 'group':
      return steps(node.body) + 2;
    case 'concat':
      return node.parts.reduce((sum, part) => sum + steps(part), 0);
    case 'choice':
      return stepsOfChoice(node);
    case 'repeat': {
      const { min, max } = node;
      const once = steps(node.body);
      return max === Number.POSITIVE_INFINITY ? Math.max(1, min) * once + 2 : max * once + (max - min);
    }
  }
}

/** A set beyond the basic plane is alternatives of surrogates; one of many ranges is looked through. */
function stepsOfSet(emitted: string): number {
  const alternatives = emitted.split('|').length;
  return 2 * alternatives - 1 + Math.floor(emitted.length / 200);
}

/** Of words that begin in different ways only one can be alive at each distance from its beginning: the longest counts. */
function stepsOfChoice({ alternatives }: ChoiceNode): number {
  let longestWord = 0;
  let sum = 0;
  for (const each of alternatives) {
    if (isWords(each)) longestWord = Math.max(longestWord, steps(each));
    else sum += steps(each);
  }
  return sum + longestWord + 2 * alternatives.length;
}
