import { orbitOf } from './case-folding.ts';
import { parseBracket, parseEscapedSet } from './char-class.ts';
import { type CodePoints, MAX_CODE_POINT } from './code-points.ts';
import { Cursor } from './cursor.ts';
import { parseEscape } from './escapes.ts';
import { refuse } from './fault.ts';
import { type Flags, INITIAL_FLAGS, type Opening, parseOpening } from './group-opening.ts';
import { NOT_NEWLINE } from './named-sets.ts';
import { parseQuantifier, type Quantifier, repeatFits } from './quantifier.ts';
import type { Edge, Node, RegexpTree } from './tree.ts';

const MAX_DEPTH = 500;
const ANY: CodePoints = [0, MAX_CODE_POINT];
const EDGE_ESCAPES: Readonly<Record<string, Edge>> = {
  A: 'textStart',
  z: 'textEnd',
  b: 'wordBoundary',
  B: 'notWordBoundary',
};

/** Parses RE2 source (what Go's regexp.Compile accepts) into a tree. @throws RegexpError */
export function parseRegexp(source: string): RegexpTree {
  return new Parser(source).parse();
}

/** Recursive descent over groups; a concatenation is a growing list whose last item a quantifier takes. */
class Parser {
  private readonly cursor: Cursor;
  private readonly groupNames: string[] = [''];
  private flags: Flags = INITIAL_FLAGS;
  private depth = 0;

  constructor(source: string) {
    this.cursor = new Cursor(source);
  }

  parse(): RegexpTree {
    const root = this.parseChoice();
    if (!this.cursor.done) refuse('unexpected )', this.cursor.at, this.cursor.at + 1);
    return { root, groupNames: this.groupNames, length: this.cursor.source.length };
  }

  private parseChoice(): Node {
    const alternatives = [this.parseConcat()];
    while (this.cursor.take('|')) alternatives.push(this.parseConcat());
    return alternatives.length === 1 ? alternatives[0]! : { kind: 'choice', alternatives };
  }

  private parseConcat(): Node {
    const parts: Node[] = [];
    let afterQuantifier = -1;
    while (!this.cursor.done && this.cursor.peek() !== '|' && this.cursor.peek() !== ')') {
      const start = this.cursor.at;
      const quantifier = parseQuantifier(this.cursor);
      if (quantifier === undefined) {
        this.parseItem(parts);
        continue;
      }
      if (afterQuantifier === start) this.cursor.fail('invalid nested repetition operator', start);
      this.repeatLast(parts, quantifier, start);
      afterQuantifier = this.cursor.at;
    }
    return parts.length === 1 ? parts[0]! : { kind: 'concat', parts };
  }

  private repeatLast(parts: Node[], { min, max, lazy }: Quantifier, start: number): void {
    const body = parts.pop();
    if (body === undefined) this.cursor.fail('missing argument to repetition operator', start);
    const node: Node = { kind: 'repeat', body, min, max, greedy: lazy === this.flags.ungreedy };
    if (Math.max(min, max === Number.POSITIVE_INFINITY ? 0 : max) >= 2 && !repeatFits(node))
      this.cursor.fail('invalid repeat count: more than 1000 copies', start);
    parts.push(node);
  }

  private parseItem(parts: Node[]): void {
    const { cursor, flags } = this;
    switch (cursor.peek()) {
      case '(':
        this.parseParenthesis(parts);
        return;
      case '[':
        parts.push({ kind: 'codePoint', set: parseBracket(cursor, flags.fold) });
        return;
      case '\\':
        this.parseBackslash(parts);
        return;
      case '.':
        cursor.at++;
        parts.push({ kind: 'codePoint', set: flags.dotAll ? ANY : NOT_NEWLINE });
        return;
      case '^':
        cursor.at++;
        parts.push({ kind: 'edge', edge: flags.lines ? 'lineStart' : 'textStart' });
        return;
      case '$':
        cursor.at++;
        parts.push({ kind: 'edge', edge: flags.lines ? 'lineEnd' : 'textEnd' });
        return;
      default:
        parts.push(this.literal(cursor.next()));
    }
  }

  private literal(c: number): Node {
    if (!this.flags.fold) return { kind: 'codePoint', set: [c, c], literal: c };
    const set = orbitOf(c).flatMap((other) => [other, other]);
    return { kind: 'codePoint', set, literal: c, folded: set.length > 2 };
  }

  private parseBackslash(parts: Node[]): void {
    const { cursor } = this;
    if (cursor.take('\\Q')) {
      this.parseQuoted(parts);
      return;
    }
    const edge = EDGE_ESCAPES[cursor.peek(1)];
    if (edge !== undefined) {
      cursor.at += 2;
      parts.push({ kind: 'edge', edge });
      return;
    }
    const set = parseEscapedSet(cursor, this.flags.fold);
    parts.push(set === undefined ? this.literal(parseEscape(cursor)) : { kind: 'codePoint', set });
  }

  /** Literal text up to \E, or to the end of the pattern. */
  private parseQuoted(parts: Node[]): void {
    while (!this.cursor.done && !this.cursor.take('\\E')) parts.push(this.literal(this.cursor.next()));
  }

  private parseParenthesis(parts: Node[]): void {
    const start = this.cursor.at;
    const outer = this.flags;
    const opening = parseOpening(this.cursor, outer);
    if (opening.kind === 'flags') {
      this.flags = opening.flags;
      return;
    }
    if (++this.depth > MAX_DEPTH) this.cursor.fail('expression nests too deeply', start);
    const index = opening.kind === 'capture' ? this.groupNames.push(opening.name) - 1 : 0;
    this.flags = opening.flags;
    const body = this.parseChoice();
    if (!this.cursor.take(')')) refuse('missing closing )', start, this.cursor.source.length);
    this.flags = outer;
    this.depth--;
    parts.push(enclose(body, opening, index));
  }
}

/** A scope without capture keeps a node of its own, so that what follows it is not merged into it. */
function enclose(body: Node, opening: Opening, index: number): Node {
  if (opening.kind !== 'capture') return body;
  return opening.name === '' ? { kind: 'group', body, index } : { kind: 'group', body, index, name: opening.name };
}
