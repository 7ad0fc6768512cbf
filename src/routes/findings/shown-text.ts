import { type SourceText, suggest } from '../../../grammar/index.ts';
import { type Arg, type ArgValue, MASKED, schemaAt, secretByName, shownArg, shownText } from '../../plugin/index.ts';
import type { Registry } from '../names/registry.ts';

/** The text of a source as others than its author may see it, and what was hidden. */
export interface ShownText {
  /** As long as the text itself: each character of a secret is a star. */
  readonly text: string;
  readonly secrets: readonly string[];
}

/** Comments, texts in quotes (an unclosed one ends with its line), regexps behind "(" or ",", names, and marks. */
const TOKEN =
  /\/\/[^\n]*|"(?:\\[\s\S]|[^"\\])*"|`[^`]*`|"[^\n]*|(?<=[(,]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/|[A-Za-z_]\w*|[(),;]|[^\s(),;"`]+/g;
/** What betrays credentials where nothing says what a text is for. */
const LOOSE = /\b(?:Bearer|Basic|Token)\s+([\w.~+/=-]{4,})/gi;

/** A secret of this length is no word that stands elsewhere by chance. */
const UNMISTAKABLE = 8;

const shownTexts = new WeakMap<SourceText, ShownText>();

/**
 * Hides the secrets in the text of a route file, which may be broken: what it calls is told by names and parentheses alone. A
 * call of an unknown name is taken for the one that was meant.
 */
export function shownSource(source: SourceText, registry: Registry): ShownText {
  const known = shownTexts.get(source);
  if (known !== undefined) return known;
  const shown = hide(source.text, registry);
  shownTexts.set(source, shown);
  return shown;
}

/** A message without the secrets it quotes. */
export function shownMessage(message: string, { secrets }: ShownText): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, MASKED), message);
}

interface OpenCall {
  readonly schemas: readonly Arg<unknown>[];
  readonly before: ArgValue[];
}

function hide(text: string, registry: Registry): ShownText {
  const secrets: string[] = [];
  let name = '';
  let call: OpenCall | null = null;
  const shown = text.replace(TOKEN, (token) => {
    const first = token[0] as string;
    if (/[A-Za-z_]/.test(first)) name = token;
    else if (first === '(') call = { schemas: schemasOf(name, registry), before: [] };
    else if (first === ')' || first === ';') call = null;
    if (token.startsWith('//') || !/["`/]/.test(first)) return token;
    const closed = token.length > 1 && token.endsWith(first);
    const content = token.slice(1, closed ? -1 : undefined);
    const visible = visibleOf(content, call, closed);
    call?.before.push(content);
    return visible === content ? token : first + starred(content, visible, secrets) + (closed ? first : '');
  });
  const loose = shown.replace(LOOSE, (found, secret: string) =>
    found.replace(secret, starred(secret, MASKED, secrets)),
  );
  // The longest first: one may be a part of another.
  secrets.sort((a, b) => b.length - a.length);
  const again = (text: string, secret: string) => text.replaceAll(secret, '*'.repeat(secret.length));
  return { text: secrets.filter(({ length }) => length >= UNMISTAKABLE).reduce(again, loose), secrets };
}

function visibleOf(content: string, call: OpenCall | null, closed: boolean): string {
  // Where a quote is missing, anything may stand in what is taken for a text.
  if (!closed && secretByName('', [content]) === MASKED) return MASKED;
  if (call === null) return shownText(content);
  if (call.schemas.length === 0) return secretByName(content, call.before);
  // With an argument too many or too few, a secret stands where none is expected.
  if (call.schemas.some(isSecret) && !content.includes('://')) return MASKED;
  return String(shownArg(schemaAt(call.schemas, call.before.length), content, call.before));
}

/** Whether nothing is shown of an argument, whatever stands before it. */
function isSecret({ mask }: Arg<unknown>): boolean {
  return mask?.('anything', []) === MASKED;
}

function schemasOf(name: string, { filters, predicates }: Registry): readonly Arg<unknown>[] {
  const named = (one: string) => filters.get(one)?.args ?? predicates.get(one)?.args;
  const schemas = named(name);
  if (schemas !== undefined) return schemas;
  const names = [...filters, ...predicates].flatMap((spec) => [spec.name, ...(spec.aliases ?? [])]);
  return named(suggest(name, names) ?? '') ?? [];
}

/** The content with stars where `visible` leaves something out; what is left out goes to `secrets`, piece by piece. */
function starred(content: string, visible: string, secrets: string[]): string {
  const [head = '', ...between] = visible.split(MASKED);
  const tail = between.pop() ?? '';
  let shown = content.slice(0, head.length);
  let at = head.length;
  const hide = (end: number, behind: string): void => {
    const secret = content.slice(at, end);
    if (secret.length > 2) secrets.push(secret);
    shown += secret.replace(/[^\n]/g, '*') + behind;
    at = end + behind.length;
  };
  for (const part of between) {
    const end = content.indexOf(part, at);
    if (end < 0) break;
    hide(end, part);
  }
  const end = Math.max(at, content.length - tail.length);
  hide(end, content.slice(end));
  return shown;
}
