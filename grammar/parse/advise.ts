import { suggest } from '../suggest.ts';
import { type Token, tokenTypes as t, wordBackends } from '../tokens/tokens.ts';
import type { Mismatch } from './mismatch.ts';

/** What an error message adds when it recognises the mistake. */
export interface Advice {
  hint?: string;
  /** Where the mistake is, when it is not what the parser stopped at. */
  at?: Token;
  suggestion?: string;
}

/** The surroundings of the token on which the parser stopped. */
interface Place {
  mismatch: Mismatch;
  found: Token;
  previous: Token | undefined;
  /** True when nothing separates `found` from `previous`. */
  adjacent: boolean;
}

type Recogniser = (place: Place) => Advice | null | false | undefined;

/** Recognises frequent mistakes from the tokens around the place; empty when it is none of them. */
export function advise(mismatch: Mismatch, found: Token): Advice {
  const previous = mismatch.tokens[mismatch.index - 1];
  const place = { mismatch, found, previous, adjacent: previous?.endOffset === found.startOffset };
  for (const recognise of recognisers[found.tokenType.name] ?? []) {
    const advice = recognise(place);
    if (advice) return advice;
  }
  return {};
}

const recognisers: Readonly<Record<string, Recogniser[]>> = {
  Symbol: [unitBehindNumber, textBehindString, wordForAnd, unquotedText, missingSemicolon],
  Any: [missingSemicolon],
  Number: [nameWithLeadingDigit, missingComma],
  String: [missingComma, missingArrow],
  Regexp: [foreignComment, missingComma],
  Shunt: [missingArrow],
  Loopback: [missingArrow],
  Dynamic: [missingArrow],
  OpenArrow: [missingArrow],
  Comma: [
    ({ previous }) => previous?.tokenType === t.OpenParen && { hint: "a list of arguments does not begin with ','" },
  ],
  CloseParen: [
    ({ previous }) => previous?.tokenType === t.Comma && { hint: "a list of arguments does not end with ','" },
  ],
  CloseArrow: [unknownBackend],
  Arrow: [missingPredicate],
  And: [filtersJoinedByAnd],
  Colon: [unquotedAddress],
  Semicolon: [({ mismatch }) => mismatch.rule !== 'route' && { hint: `only ${mismatch.rule} are expected here` }],
};

function unitBehindNumber({ found, previous, adjacent }: Place): Advice | null {
  if (previous?.tokenType !== t.Number || !adjacent) return null;
  if (/^e\d*$/i.test(found.image)) return { hint: 'numbers have no exponent' };
  if (!/^(ns|us|ms|s|m|h|d)$/.test(found.image)) return null;
  return { hint: `durations are written as strings: "${previous.image}${found.image}"` };
}

function textBehindString({ previous, adjacent }: Place): Advice | false {
  const suspicious = previous?.tokenType === t.String && (adjacent || previous.image.includes('\n'));
  return suspicious && { hint: 'is a quote missing or one too many?' };
}

function unquotedText({ mismatch, found }: Place): Advice | false {
  return (
    mismatch.expected.has(t.Number) && { hint: 'text is written in double quotes', suggestion: `"${found.image}"` }
  );
}

function missingSemicolon({ mismatch }: Place): Advice | false {
  return mismatch.mayEnd && { hint: "is a ';' missing before it?" };
}

function nameWithLeadingDigit({ mismatch: { expected, tokens, index }, found }: Place): Advice | false {
  const glued = tokens[index + 1]?.startOffset === found.endOffset;
  return glued && expected.has(t.Symbol) && { hint: 'a name does not begin with a digit' };
}

function missingPredicate({ mismatch, previous }: Place): Advice | false {
  const missing = mismatch.expected.has(t.Any) && previous?.tokenType !== t.And;
  return missing && { hint: "a route that matches everything begins with '*'" };
}

/** Words of other languages between predicates. */
function wordForAnd({ mismatch: { expected }, found }: Place): Advice | false {
  if (!expected.has(t.And)) return false;
  if (/^and$/i.test(found.image)) return { hint: 'predicates are joined by &&', suggestion: '&&' };
  return /^or$/i.test(found.image) && { hint: "there is no 'or'; write two routes, or use Methods, HostAny …" };
}

function filtersJoinedByAnd({ mismatch: { expected } }: Place): Advice | false {
  return expected.has(t.Arrow) && !expected.has(t.And) && { hint: "filters are chained with '->'" };
}

function unquotedAddress({ mismatch: { text, base }, previous }: Place): Advice | null {
  if (previous?.tokenType !== t.Symbol || !/^(https?|fastcgi)$/.test(previous.image)) return null;
  const [address] = /^[^\s;,>]+/.exec(text.slice(previous.startOffset - base)) ?? [];
  return { at: previous, hint: `addresses are written in double quotes: "${address}"` };
}

function foreignComment({ mismatch: { text, base }, found }: Place): Advice | false {
  return text.startsWith('/*', found.startOffset - base) && { hint: "comments begin with '//' and end with the line" };
}

function missingComma({ mismatch: { expected } }: Place): Advice | false {
  return expected.has(t.Comma) && expected.has(t.CloseParen) && { hint: "is a ',' missing before it?" };
}

function missingArrow({ mismatch: { expected } }: Place): Advice | false {
  return expected.has(t.Arrow) && { hint: "is a '->' missing before it?" };
}

/** `< shunt>` and `<shnt>` are read as balanced backends that lack endpoints. */
function unknownBackend({ mismatch: { tokens, index }, previous }: Place): Advice | null {
  if (previous?.tokenType !== t.Symbol || tokens[index - 2]?.tokenType !== t.OpenArrow) return null;
  const word = `<${previous.image}>`;
  const at = previous;
  if (wordBackends.has(word)) return { at, hint: `write ${word} without spaces` };
  const known = suggest(previous.image, ['shunt', 'loopback', 'dynamic', 'forward']);
  if (known) return { at, hint: `there is no backend ${word}, did you mean <${known}>?` };
  return { at, hint: `there is no backend ${word}, and an algorithm needs endpoints: <${previous.image}, "http://…">` };
}
