/**
 * Regexps in RE2 syntax (what Go 1.26's regexp accepts), run by V8's RegExp. Imports nothing but node:v8.
 * Invariant: every RegExp returned from here runs in time linear in its subject, times a constant that the pattern's
 * size bounds. The translation emits only what V8's linear engine supports (no u, i, v or d flag, no look-ahead, counts
 * up to 16) and refuses the rest; V8's fast engine hands a subject over to the linear one after 250 backtracks.
 * Subjects of several MiB may still exhaust V8's backtrack stack (a RangeError): keep them below 2 MiB.
 */
export { foldCase } from './case-folding.ts';
export { compileIn, compileRegexp, type RegexpFlags } from './compile.ts';
export { stepsPerCharacter } from './cost.ts';
export { RegexpError, type RegexpFault } from './fault.ts';
export { enableLinearRegexps, type LinearMode } from './linear.ts';
export { type LiteralFacts, literalFacts } from './literal-facts.ts';
export { longestMatch } from './match-length.ts';
export { type PlainText, plainText } from './plain-text.ts';
export { compileReplacement, expandTemplate, type Replacement, replaceMatches } from './replacement.ts';
