import { parseRegexp } from './parser.ts';
import type { Node } from './tree.ts';

/**
 * How long a match of the RE2 source can be at most, in UTF-16 code units; Infinity where nothing bounds it.
 * @throws RegexpError for bad syntax
 */
export function longestMatch(source: string): number {
  return longest(parseRegexp(source).root);
}

function longest(node: Node): number {
  switch (node.kind) {
    case 'codePoint':
      return (node.set.at(-1) ?? 0) > 0xffff ? 2 : 1;
    case 'edge':
      return 0;
    case 'group':
      return longest(node.body);
    case 'concat':
      return node.parts.reduce((sum, part) => sum + longest(part), 0);
    case 'choice':
      return Math.max(0, ...node.alternatives.map(longest));
    case 'repeat': {
      const once = longest(node.body);
      return once === 0 ? 0 : once * node.max;
    }
  }
}
