import { type Finding, syntaxFinding, type TextPlace } from '../finding.ts';
import { type Token, tokenTypes as t } from '../tokens/tokens.ts';

/** Where a parse stopped. */
interface Stop {
  readonly tokens: readonly Token[];
  /** Index of the offending token. */
  readonly index: number;
  readonly text: string;
  readonly base: number;
}

/** What stands in routes, and hardly in strings. */
const ESKIP = /->|&&|[)>]\s*;/;

/**
 * The finding that a quote or slash is missing, at the literal that was opened last before: a string that runs on to
 * where the next one should begin turns inside and outside over, and the parser stops somewhere behind. Null when no
 * literal in front of the place looks like that.
 */
export function unbalanced({ tokens, index, text, base }: Stop): Finding<TextPlace> | null {
  for (const token of tokens.slice(0, index + 1)) {
    if (token.tokenType !== t.String && token.tokenType !== t.Regexp) continue;
    const start = token.startOffset - base;
    const end = token.endOffset - base;
    if (ESKIP.test(text.slice(start + 1, end - 1)) && goesOn(text, end)) return missing(token, text, base);
  }
  return null;
}

/** Whether what stands behind a literal could be the text of one: behind a literal that is closed comes none. */
function goesOn(text: string, end: number): boolean {
  return end < text.length && !/^\s*(?:[,;)>]|->|&&|$)/.test(text.slice(end, end + 200));
}

function missing(token: Token, text: string, base: number): Finding<TextPlace> {
  const start = token.startOffset - base;
  const line = /^[^\n]*/.exec(text.slice(start, token.endOffset - base))?.[0] ?? '';
  const span = { start: token.startOffset, end: token.startOffset + line.trimEnd().length };
  const ends = { start: token.endOffset - 1, end: token.endOffset };
  const quote = text.charAt(start);
  const what = token.tokenType === t.String ? 'string' : 'regular expression';
  const message = `this ${what} is not closed where it should be, expected another ${quote} before the next one begins${unquoted(line)}`;
  return {
    ...syntaxFinding('syntax', message, { ...span, swallows: true } as const),
    related: [{ message: `the next ${quote} closes it here`, place: ends }],
  };
}

/** What looks like a path in slashes was probably meant as a string. */
export function unquoted(line: string): string {
  const [, path] = /^(\/[\w\-./:*]+)[)",\s]/.exec(line) ?? [];
  return path === undefined ? '' : `; a path is written in double quotes: "${path}"`;
}
