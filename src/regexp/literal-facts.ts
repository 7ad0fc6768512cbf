import { append, TextEnumerator, unite } from './literal-texts.ts';
import { parseRegexp } from './parser.ts';
import { type PlainText, plainText } from './plain-text.ts';
import type { Node } from './tree.ts';

/**
 * What the text of a regexp says about every subject that it matches, for indexes. Each list is complete (a matching
 * subject fits one of its texts), has 1 to 64 entries, and is absent when nothing is known. All but `exact` are
 * necessary conditions only: the regexp still has to run.
 */
export interface LiteralFacts {
  /** Texts are case-folded; compare them with `foldCase(subject)` (for ASCII subjects, `toLowerCase()`). */
  caseInsensitive: boolean;
  /** The regexp matches these whole subjects and no others: it need not run. */
  exact?: string[];
  /** The subject starts with one of these. */
  prefixes?: string[];
  /** The subject ends with one of these. */
  suffixes?: string[];
  /** The subject up to its first `:` (all of it when it has none) is one of these: host names, whatever the port. */
  hostNames?: string[];
  /** The subject up to its first `:` ends with one of these, e.g. `.example.org`. */
  hostSuffixes?: string[];
}

type Facts = Omit<LiteralFacts, 'caseInsensitive'>;
const LISTS = ['exact', 'prefixes', 'suffixes', 'hostNames', 'hostSuffixes'] as const;

/** The facts that an index may rely on for a regexp in RE2 syntax. @throws RegexpError for bad syntax */
export function literalFacts(source: string): LiteralFacts {
  const plain = plainText(source);
  if (plain !== null) return plainFacts(plain);
  const { root } = parseRegexp(source);
  const texts = new TextEnumerator(root);
  const perAlternative = alternatives(root).map((node) => factsOfSequence(flatten(node), texts));
  const facts: LiteralFacts = { caseInsensitive: texts.folded };
  for (const list of LISTS) {
    const united = unite(perAlternative.map((each) => each[list]));
    if (united !== undefined && united.length > 0 && !united.includes('')) facts[list] = united;
    else if (list === 'exact' && united !== undefined) facts.exact = united;
  }
  if (texts.mixedCase) delete facts.exact;
  return facts;
}

function plainFacts({ text, start, end }: PlainText): LiteralFacts {
  const facts: LiteralFacts = { caseInsensitive: false };
  if (start && end) facts.exact = [text];
  if (start) facts.prefixes = [text];
  if (end) facts.suffixes = [text];
  const colon = text.indexOf(':');
  const host = colon < 0 ? (end ? text : '') : text.slice(0, colon);
  if (host === '') return facts;
  if (start) facts.hostNames = [host];
  facts.hostSuffixes = [host];
  return facts;
}

function alternatives(node: Node): Node[] {
  if (node.kind === 'group') return alternatives(node.body);
  return node.kind === 'choice' ? node.alternatives.flatMap(alternatives) : [node];
}

/** The node as a sequence, without the groups and concatenations around its parts. */
function flatten(node: Node): Node[] {
  if (node.kind === 'group') return flatten(node.body);
  return node.kind === 'concat' ? node.parts.flatMap(flatten) : [node];
}

const isEdge = (node: Node | undefined, edge: string): boolean => node?.kind === 'edge' && node.edge === edge;

function factsOfSequence(sequence: readonly Node[], texts: TextEnumerator): Facts {
  const facts: Facts = {};
  const anchored = isEdge(sequence[0], 'textStart');
  const ended = sequence.length > 1 && isEdge(sequence.at(-1), 'textEnd');
  const middle = sequence.slice(anchored ? 1 : 0, ended ? -1 : undefined);
  if (anchored) facts.prefixes = startTexts(middle, texts);
  if (ended) facts.suffixes = endTexts(middle, texts);
  if (anchored && ended) {
    const all = allTexts(middle, texts);
    if (all !== undefined) facts.exact = all;
  }
  const host = hostPart(middle, ended);
  if (host !== undefined) addHostFacts(facts, host, { anchored, texts });
  return facts;
}

function addHostFacts(facts: Facts, host: readonly Node[], of: { anchored: boolean; texts: TextEnumerator }): void {
  const names = of.anchored ? allTexts(host, of.texts) : undefined;
  if (names?.some((name) => name.includes(':')) === false) facts.hostNames = names;
  const suffixes = endTexts(host, of.texts);
  if (!suffixes.some((suffix) => suffix.includes(':'))) facts.hostSuffixes = suffixes;
}

/**
 * The leading part that ends where a port begins: before a `:`, before a trailing `(:…)?`, or at the end of the text.
 * Undefined when neither is there, or when the part itself could hold a `:`.
 */
function hostPart(middle: readonly Node[], ended: boolean): readonly Node[] | undefined {
  const colon = middle.findIndex(startsWithColon);
  if (colon >= 0) return canHoldColon(middle.slice(0, colon)) ? undefined : middle.slice(0, colon);
  if (!ended) return undefined;
  const last = middle.at(-1);
  const optionalPort =
    last?.kind === 'repeat' && last.min === 0 && last.max === 1 && startsWithColon(flatten(last.body)[0]);
  const host = optionalPort ? middle.slice(0, -1) : middle;
  return canHoldColon(host) ? undefined : host;
}

function startsWithColon(node: Node | undefined): boolean {
  return node?.kind === 'codePoint' && node.literal === 0x3a;
}

function canHoldColon(nodes: readonly Node[]): boolean {
  return nodes.some((node) => {
    switch (node.kind) {
      case 'codePoint':
        return node.set.some((bound, i) => i % 2 === 0 && bound <= 0x3a && node.set[i + 1]! >= 0x3a);
      case 'edge':
        return false;
      case 'concat':
        return canHoldColon(node.parts);
      case 'choice':
        return canHoldColon(node.alternatives);
      default:
        return canHoldColon([node.body]);
    }
  });
}

function allTexts(nodes: readonly Node[], texts: TextEnumerator): string[] | undefined {
  let all: string[] | undefined = [''];
  for (const node of nodes) all = append(all, texts.of(node));
  return all;
}

/** The longest texts of which one starts every match. */
function startTexts(nodes: readonly Node[], texts: TextEnumerator): string[] {
  let start = [''];
  for (const node of nodes) {
    const longer = append(start, texts.of(node));
    if (longer === undefined) break;
    start = longer;
  }
  return start;
}

/** The longest texts of which one ends every match. */
function endTexts(nodes: readonly Node[], texts: TextEnumerator): string[] {
  let end = [''];
  for (const node of nodes.toReversed()) {
    const longer = append(texts.of(node), end);
    if (longer === undefined) break;
    end = longer;
  }
  return end;
}
