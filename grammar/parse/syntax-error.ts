import { type Finding, syntaxFinding, type TextPlace } from '../finding.ts';
import { fixedText, type Token, tokenTypes as t, wordBackends } from '../tokens/tokens.ts';
import { advise } from './advise.ts';
import type { Mismatch } from './mismatch.ts';

/** Puts a mismatch into words. */
export function describeMismatch(mismatch: Mismatch): Finding<TextPlace> {
  const { tokens, index, text, base } = mismatch;
  const found = tokens[index];
  const end = tokens.at(-1)?.endOffset ?? base + text.length;
  const span = found ? { start: found.startOffset, end: found.endOffset } : { start: end, end };
  const word = found ? quote(sourceOf(mismatch, found)) : 'the end of the route';
  const ended = found || mismatch.rule === 'route' ? word : 'the end';
  const { hint, suggestion, at } = found ? advise(mismatch, found) : {};
  const place = at ? { start: at.startOffset, end: at.endOffset } : (afterLine(mismatch) ?? span);
  const message = `expected ${describeExpected(mismatch)}, found ${ended}${hint ? `; ${hint}` : ''}`;
  return syntaxFinding('syntax', message, place, suggestion);
}

/** The end of the route before, where a ';' is missing there and what is found stands on a later line. */
function afterLine({ tokens, index, mayEnd, rule, text, base }: Mismatch): TextPlace | null {
  const found = tokens[index];
  const previous = tokens[index - 1];
  if (!mayEnd || rule !== 'route' || found === undefined || previous === undefined) return null;
  const between = text.slice(previous.endOffset - base, found.startOffset - base);
  return between.includes('\n') ? { start: previous.endOffset, end: previous.endOffset } : null;
}

function sourceOf({ text, base }: Mismatch, token: Token): string {
  return text.slice(token.startOffset - base, token.endOffset - base);
}

function quote(source: string): string {
  const line = source.split('\n', 1)[0]!;
  const short = line.length > 40 || line.length < source.length ? `${line.slice(0, 40)}…` : line;
  return short.startsWith('"') || short.startsWith('`') || short.startsWith('/') ? short : `'${short}'`;
}

function describeExpected(mismatch: Mismatch): string {
  const left = new Set(mismatch.expected);
  const words: string[] = [];
  if (left.delete(t.Symbol)) words.push(describeName(mismatch));
  if (left.delete(t.Shunt)) {
    words.push('a backend');
    for (const type of [t.String, t.OpenArrow, ...wordBackends.values()]) left.delete(type);
  }
  if (left.delete(t.Number)) {
    words.push('an argument (string, number or regular expression)');
    left.delete(t.String);
    left.delete(t.Regexp);
  }
  if (left.delete(t.String)) words.push('an endpoint (string)');
  for (const [type, text] of fixedText) if (left.has(type)) words.push(`'${text}'`);
  if (mismatch.mayEnd) words.push(mismatch.rule === 'route' ? "';'" : 'the end');
  const last = words.pop();
  return words.length > 0 ? `${words.join(', ')} or ${last}` : String(last);
}

function describeName({ rule, tokens, index }: Mismatch): string {
  switch (tokens[index - 1]?.tokenType) {
    case undefined:
      return { route: 'a route id, a predicate', predicates: 'a predicate', filters: 'a filter' }[rule];
    case t.Arrow:
      return 'a filter';
    case t.OpenArrow:
      return 'an algorithm';
    default:
      return 'a predicate';
  }
}
