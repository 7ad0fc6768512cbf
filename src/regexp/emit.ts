import { emitSet } from './emit-set.ts';
import { refuse } from './fault.ts';
import type { Edge, Node, RegexpTree, RepeatNode } from './tree.ts';

/** V8's linear engine takes counted repetitions up to this many copies, nested ones multiplied. */
const MAX_NATIVE_COPIES = 16;

/** Bounds both the memory of a compiled pattern and the linear engine's work per character of the subject. */
export const MAX_EMITTED_LENGTH = 60_000;

/**
 * Look-around would make line edges exact and keep \B out of surrogate pairs, but the linear engine has no look-ahead,
 * and no look-behind under g or y: line edges are also seen next to \r, U+2028 and U+2029.
 */
const EDGES: Readonly<Record<Edge, string>> = {
  textStart: '^',
  textEnd: '$',
  lineStart: '(?m:^)',
  lineEnd: '(?m:$)',
  wordBoundary: '\\b',
  notWordBoundary: '\\B',
};

/** Thrown where the position is unknown, and turned into a RegexpError at the top. */
class TooLarge extends Error {}

/** What a node becomes. */
interface Emitted {
  text: string;
  /** The copies that its counted repetitions multiply to. */
  copies: number;
  /** It may match "", if only where an edge holds. */
  nullable: boolean;
  /** It matches "" anywhere. */
  optional: boolean;
}

/** Translates a tree into ECMAScript source that V8's linear engine accepts. @throws RegexpError when too large */
export function emitTree(tree: RegexpTree): string {
  return new Emitter(tree).emit();
}

class Emitter {
  private readonly tree: RegexpTree;
  /** Names already given: a second group of the same name stays anonymous, as ECMAScript wants names unique. */
  private readonly names = new Set<string>();
  /** Captures are written once; further copies of a repeated body go without. */
  private capturing = true;

  constructor(tree: RegexpTree) {
    this.tree = tree;
  }

  emit(): string {
    try {
      const { text } = this.node(this.tree.root);
      return text === '' ? '(?:)' : text;
    } catch (error) {
      if (error instanceof TooLarge) refuse('expression too large to run in linear time', 0, this.tree.length);
      throw error;
    }
  }

  private node(node: Node): Emitted {
    const emitted = this.unchecked(node);
    bounded(emitted.text);
    return emitted;
  }

  private unchecked(node: Node): Emitted {
    switch (node.kind) {
      case 'codePoint':
        return { text: emitSet(node.set), copies: 1, nullable: false, optional: false };
      case 'edge':
        return { text: EDGES[node.edge], copies: 1, nullable: true, optional: false };
      case 'concat':
        return this.join(node.parts, '');
      case 'choice':
        return this.join(node.alternatives, '|');
      case 'group': {
        const opening = this.opening(node.name);
        const body = this.node(node.body);
        return { ...body, text: `${opening}${body.text})` };
      }
      case 'repeat':
        return this.repeat(node);
    }
  }

  private join(nodes: readonly Node[], separator: '' | '|'): Emitted {
    const parts = nodes.map((part) => {
      const emitted = this.node(part);
      return separator === '' && part.kind === 'choice' ? { ...emitted, text: `(?:${emitted.text})` } : emitted;
    });
    const holds = (test: (part: Emitted) => boolean): boolean =>
      separator === '' ? parts.every(test) : parts.some(test);
    return {
      text: parts.map((part) => part.text).join(separator),
      copies: Math.max(1, ...parts.map((part) => part.copies)),
      nullable: holds((part) => part.nullable),
      optional: holds((part) => part.optional),
    };
  }

  private opening(name: string | undefined): string {
    if (!this.capturing) return '(?:';
    if (name === undefined || this.names.has(name) || /^[0-9]/.test(name)) return '(';
    this.names.add(name);
    return `(?<${name}>`;
  }

  private repeat(node: RepeatNode): Emitted {
    const { min, max } = node;
    const body = this.node(node.body);
    const one = isAtom(node.body) ? body.text : `(?:${body.text})`;
    const lazy = node.greedy ? '' : '?';
    const empties = { nullable: min === 0 || body.nullable, optional: min === 0 || body.optional };
    const counted = countedCopies(node, body.nullable);
    if (counted * body.copies <= MAX_NATIVE_COPIES || counted <= 1) {
      return { text: one + quantifier(min, max) + lazy, copies: Math.max(counted, 1) * body.copies, ...empties };
    }
    // A body that matches "" anywhere needs no minimum, only a loop.
    if (max === Number.POSITIVE_INFINITY && body.optional)
      return { text: `${one}*${lazy}`, copies: body.copies, ...empties };
    const copy = this.withoutCaptures(node.body);
    const parts = { one, copy, lazy, inner: body.copies, single: node.body.kind === 'codePoint' };
    return { text: unroll(parts, min, max), copies: MAX_NATIVE_COPIES, ...empties };
  }

  private withoutCaptures(body: Node): string {
    const before = this.capturing;
    this.capturing = false;
    const { text } = this.node(body);
    this.capturing = before;
    return isAtom(body) ? text : `(?:${text})`;
  }
}

/** The copies that V8 writes for a native quantifier: one more when an endless loop must start with an empty turn. */
function countedCopies({ min, max }: RepeatNode, nullable: boolean): number {
  if (max !== Number.POSITIVE_INFINITY) return max;
  return min > 0 && nullable ? min + 1 : min;
}

/** True when a quantifier may follow the node's source as it is. */
function isAtom(node: Node): boolean {
  return node.kind === 'codePoint' || node.kind === 'group';
}

function quantifier(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (min === 0 && max === 1) return '?';
  return min === max ? (min === 1 ? '' : `{${min}}`) : `{${min},${max}}`;
}

interface Unrolled {
  /** The body with its captures. */
  one: string;
  /** The body without captures, for all copies but one. */
  copy: string;
  lazy: string;
  /** Copies that the body itself stands for. */
  inner: number;
  /** The body is one code point: every way to split a run of them is the same. */
  single: boolean;
}

/** Spells out a repetition too large for the linear engine to count. */
function unroll(of: Unrolled, min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) {
    if (of.one === of.copy) return bounded(exactly(of, min), `${of.one}*${of.lazy}`);
    return bounded(exactly(of, min - 1), `${of.one}+${of.lazy}`);
  }
  if (min === max) return bounded(exactly(of, min - 1), of.one);
  if (of.one !== of.copy) {
    // Only one copy can hold the captures: the last, which is the one whose text a repeated capture keeps.
    const last = bounded(exactly(of, Math.max(min - 1, 0)), upTo(of, max - Math.max(min, 1)), of.one);
    return min === 0 ? `(?:${last})?${of.lazy}` : last;
  }
  return bounded(exactly(of, min), upTo(of, max - min));
}

function exactly(of: Unrolled, count: number): string {
  const block = Math.floor(MAX_NATIVE_COPIES / of.inner);
  if (block < 2) return repeated(of.copy, count);
  const rest = count % block;
  const tail = rest === 0 ? '' : of.copy + quantifier(rest, rest);
  return repeated(`${of.copy}{${block}}`, Math.floor(count / block)) + tail;
}

/** Between none and `count` copies, nested so that a failure at one depth is not tried again at another. */
function upTo(of: Unrolled, count: number): string {
  if (count <= 0) return '';
  if (!of.single) return bounded(repeated(`(?:${of.copy}`, count), repeated(`)?${of.lazy}`, count));
  const rest = count % MAX_NATIVE_COPIES;
  let text = rest === 0 ? '' : of.copy + quantifier(0, rest) + of.lazy;
  const short = of.copy + quantifier(0, MAX_NATIVE_COPIES - 1) + of.lazy;
  for (let left = count - rest; left > 0; left -= MAX_NATIVE_COPIES) {
    const long = `${of.copy}{${MAX_NATIVE_COPIES}}${text}`;
    text = bounded(of.lazy === '' ? `(?:${long}|${short})` : `(?:${short}|${long})`);
  }
  return text;
}

function repeated(text: string, count: number): string {
  if (text.length * count > MAX_EMITTED_LENGTH) throw new TooLarge();
  return text.repeat(count);
}

function bounded(...texts: string[]): string {
  const text = texts.join('');
  if (text.length > MAX_EMITTED_LENGTH) throw new TooLarge();
  return text;
}
