import { closeOverCase, foldCase } from './case-folding.ts';
import { sameSet } from './code-points.ts';
import type { CodePointNode, Node } from './tree.ts';

/** Most texts that a fact lists. */
export const MAX_TEXTS = 64;
const MAX_TEXT_LENGTH = 1024;

/** Enumerates the finite languages of sub-expressions; one per pattern, as it watches the pattern's letter case. */
export class TextEnumerator {
  /** True when texts are compared without case, so that all texts are given folded. */
  readonly folded: boolean;
  /** True once a set was met that tells upper from lower case although `folded` is on: texts are then not exact. */
  mixedCase = false;

  constructor(root: Node) {
    this.folded = hasFoldedLiteral(root);
  }

  /** All texts that the node matches, or undefined when there are too many, or none that can be listed. */
  of(node: Node): string[] | undefined {
    switch (node.kind) {
      case 'codePoint':
        return this.ofSet(node);
      case 'edge':
        return undefined;
      case 'group':
        return this.of(node.body);
      case 'concat':
        return this.product(node.parts);
      case 'choice':
        return unite(node.alternatives.map((part) => this.of(part)));
      case 'repeat':
        return this.ofRepeat(node.body, node.min, node.max);
    }
  }

  private ofSet({ set }: CodePointNode): string[] | undefined {
    let size = 0;
    for (let i = 0; i < set.length; i += 2) size += set[i + 1]! - set[i]! + 1;
    if (size > MAX_TEXTS) return undefined;
    if (this.folded && !sameSet(closeOverCase(set), set)) this.mixedCase = true;
    const texts: string[] = [];
    for (let i = 0; i < set.length; i += 2) {
      for (let c = set[i]!; c <= set[i + 1]!; c++) {
        const text = String.fromCodePoint(c);
        texts.push(this.folded ? foldCase(text) : text);
      }
    }
    return [...new Set(texts)];
  }

  private product(parts: readonly Node[]): string[] | undefined {
    let texts: string[] | undefined = [''];
    for (const part of parts) {
      texts = append(texts, this.of(part));
      if (texts === undefined) return undefined;
    }
    return texts;
  }

  private ofRepeat(body: Node, min: number, max: number): string[] | undefined {
    if (max > MAX_TEXT_LENGTH) return undefined;
    const one = this.of(body);
    const all: string[] = [];
    let texts: string[] | undefined = [''];
    for (let count = 0; count <= max; count++) {
      if (count >= min) all.push(...texts);
      if (count === max) break;
      texts = append(texts, one);
      if (texts === undefined || all.length > MAX_TEXTS) return undefined;
    }
    return unite([all]);
  }
}

/** Each left text followed by each right one; undefined when either is, or when they get too many or too long. */
export function append(
  left: readonly string[] | undefined,
  right: readonly string[] | undefined,
): string[] | undefined {
  if (left === undefined || right === undefined || left.length * right.length > MAX_TEXTS) return undefined;
  const texts = left.flatMap((a) => right.map((b) => a + b));
  return texts.some((text) => text.length > MAX_TEXT_LENGTH) ? undefined : unite([texts]);
}

/** The union without repeats; undefined when a member is undefined or there are too many. */
export function unite(lists: readonly (readonly string[] | undefined)[]): string[] | undefined {
  const all = new Set<string>();
  for (const list of lists) {
    if (list === undefined) return undefined;
    for (const text of list) all.add(text);
  }
  return all.size > MAX_TEXTS ? undefined : [...all];
}

function hasFoldedLiteral(node: Node): boolean {
  switch (node.kind) {
    case 'codePoint':
      return node.folded === true;
    case 'edge':
      return false;
    case 'concat':
      return node.parts.some(hasFoldedLiteral);
    case 'choice':
      return node.alternatives.some(hasFoldedLiteral);
    default:
      return hasFoldedLiteral(node.body);
  }
}
