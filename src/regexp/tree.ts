import type { CodePoints } from './code-points.ts';

/** A zero-width test. `^` and `$` are text edges, or line edges under `(?m)`. */
export type Edge = 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'wordBoundary' | 'notWordBoundary';

/** One code point out of a set. A literal is a set of one, or its case orbit under `(?i)` (then `folded`). */
export interface CodePointNode {
  kind: 'codePoint';
  set: CodePoints;
  /** The character as written when the node stands for one literal; absent for classes. */
  literal?: number;
  folded?: boolean;
}

export interface EdgeNode {
  kind: 'edge';
  edge: Edge;
}

export interface ConcatNode {
  kind: 'concat';
  parts: Node[];
}

/** Ordered choice: the first alternative that leads to a match wins (leftmost-first). */
export interface ChoiceNode {
  kind: 'choice';
  alternatives: Node[];
}

/** `max` is Infinity when there is no upper limit. */
export interface RepeatNode {
  kind: 'repeat';
  body: Node;
  min: number;
  max: number;
  greedy: boolean;
}

/** A capturing group; `index` counts from 1. */
export interface GroupNode {
  kind: 'group';
  body: Node;
  index: number;
  name?: string;
}

/** The syntax tree of an RE2 regexp. The empty regexp is a concatenation of nothing. */
export type Node = CodePointNode | EdgeNode | ConcatNode | ChoiceNode | RepeatNode | GroupNode;

/** A parsed regexp; `groupNames[i]` is the name of group i ('' for none, and for the whole match, i = 0). */
export interface RegexpTree {
  root: Node;
  groupNames: readonly string[];
  /** Length of the source. */
  length: number;
}
