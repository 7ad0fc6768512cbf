import type { Mismatch } from './mismatch.ts';
import { suggest } from './suggest.ts';
import { type Token, tokenTypes as t, wordBackends } from './tokens.ts';

/** What an error message adds when it recognises the mistake. */
export interface Advice {
  hint?: string;
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
  Symbol: [unitBehindNumber, textBehindString, unquotedText, missingSemicolon],
  Any: [missingSemicolon],
  Number: [nameWithLeadingDigit],
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
  Regexp: [foreignComment],
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

function filtersJoinedByAnd({ mismatch: { expected } }: Place): Advice | false {
  return expected.has(t.Arrow) && !expected.has(t.And) && { hint: "filters are chained with '->'" };
}

function unquotedAddress({ previous }: Place): Advice | null {
  if (previous?.tokenType !== t.Symbol || !/^(https?|fastcgi)$/.test(previous.image)) return null;
  return { hint: `addresses are written in double quotes: "${previous.image}://…"` };
}

function foreignComment({ mismatch: { text, base }, found }: Place): Advice | false {
  return text.startsWith('/*', found.startOffset - base) && { hint: "comments begin with '//' and end with the line" };
}

/** `< shunt>` and `<shnt>` are read as balanced backends that lack endpoints. */
function unknownBackend({ mismatch: { tokens, index }, previous }: Place): Advice | null {
  if (previous?.tokenType !== t.Symbol || tokens[index - 2]?.tokenType !== t.OpenArrow) return null;
  const word = `<${previous.image}>`;
  if (wordBackends.has(word)) return { hint: `write ${word} without spaces` };
  const known = suggest(previous.image, ['shunt', 'loopback', 'dynamic', 'forward']);
  if (known) return { hint: `there is no backend ${word}, did you mean <${known}>?` };
  return { hint: `there is no backend ${word}, and an algorithm needs endpoints: <${previous.image}, "http://…">` };
}
