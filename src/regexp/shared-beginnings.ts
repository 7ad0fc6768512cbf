import type { ChoiceNode, CodePointNode, Node } from './tree.ts';

/**
 * The tree with words of a choice that begin alike sharing their beginning: `bot|box|car` is `bo(?:t|x)|car`. It matches the
 * same, leftmost-first: words that begin in different ways exclude each other, and those that do not keep their order. A list
 * of hundreds of words then costs about its longest word, not all of them, at each character.
 */
export function shareBeginnings(node: Node): Node {
  switch (node.kind) {
    case 'concat':
      return { ...node, parts: node.parts.map(shareBeginnings) };
    case 'group':
    case 'repeat':
      return { ...node, body: shareBeginnings(node.body) };
    case 'choice':
      return shareAll({ ...node, alternatives: node.alternatives.map(shareBeginnings) });
    default:
      return node;
  }
}

/** Says whether a node is a text, or such texts as branch out of each other: nothing that repeats, no class, no edge. */
export function isWords(node: Node): boolean {
  switch (node.kind) {
    case 'codePoint':
      return node.literal !== undefined;
    case 'concat':
      return node.parts.every(isWords);
    case 'choice':
      return node.alternatives.every(isWords);
    default:
      return false;
  }
}

/** What two texts must have in common to begin alike. */
function keyOf(node: Node | undefined): string | null {
  return node?.kind === 'codePoint' && node.literal !== undefined ? node.set.join() : null;
}

/** Runs of words are sorted by their beginnings; anything else stays where it stands, and parts the runs. */
function shareAll(choice: ChoiceNode): Node {
  const alternatives: Node[] = [];
  let run: Node[] = [];
  const close = (): void => {
    alternatives.push(...shareRun(run));
    run = [];
  };
  for (const each of choice.alternatives) {
    if (isWords(each) && keyOf(partsOf(each)[0]) !== null) {
      run.push(each);
      continue;
    }
    close();
    alternatives.push(each);
  }
  close();
  return alternatives.length === 1 ? (alternatives[0] as Node) : { ...choice, alternatives };
}

function shareRun(words: readonly Node[]): Node[] {
  const byBeginning = new Map<string, Node[]>();
  for (const word of words) {
    const key = keyOf(partsOf(word)[0]) as string;
    const alike = byBeginning.get(key);
    if (alike === undefined) byBeginning.set(key, [word]);
    else alike.push(word);
  }
  return [...byBeginning.values()].map(joined);
}

/** One node for words that all begin alike. */
function joined(words: readonly Node[]): Node {
  const [first] = words as [Node];
  if (words.length === 1) return first;
  const lists = words.map(partsOf);
  const length = commonLength(lists);
  const rest = shareAll({ kind: 'choice', alternatives: lists.map((parts) => concat(parts.slice(length))) });
  return concat([...(lists[0] as readonly Node[]).slice(0, length), rest]);
}

function commonLength(lists: readonly (readonly Node[])[]): number {
  const [first] = lists as [readonly Node[]];
  let length = 0;
  for (; length < first.length; length++) {
    const key = keyOf(first[length]);
    if (key === null || lists.some((parts) => keyOf(parts[length]) !== key)) break;
  }
  return length;
}

function partsOf(node: Node): readonly Node[] {
  return node.kind === 'concat' ? node.parts : [node];
}

function concat(parts: readonly Node[]): Node {
  return parts.length === 1 ? (parts[0] as CodePointNode) : { kind: 'concat', parts: [...parts] };
}
