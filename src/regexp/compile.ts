import { emitTree } from './emit.ts';
import { refuse } from './fault.ts';
import { enableLinearRegexps, runsLinearly } from './linear.ts';
import { parseRegexp } from './parser.ts';

/** The flags that the linear engine supports beside those written inside the pattern. */
export type RegexpFlags = '' | 'g' | 'y' | 'gy';

/**
 * The RegExp that matches what RE2 matches for the source (RE2 syntax as Go 1.26 accepts it), in linear time.
 * Matches may begin anywhere; groups keep their numbers, and their names when ECMAScript allows them.
 * @throws RegexpError for bad syntax, look-around, back-references, or a pattern too large to run in linear time
 */
export function compileRegexp(source: string, flags: RegexpFlags = ''): RegExp {
  enableLinearRegexps();
  const text = uncached(emitTree(parseRegexp(source)));
  if (!runsLinearly(text, flags)) refuse('expression too large: it cannot run in linear time', 0, source.length);
  try {
    const regexp = new RegExp(text, flags);
    // V8 generates code at the first run, once for Latin-1 subjects and once for others: find out now, not in a request.
    regexp.test('a');
    regexp.test('\u{100}');
    regexp.lastIndex = 0;
    return regexp;
  } catch {
    return refuse('expression too large', 0, source.length);
  }
}

/**
 * V8 caches code by source: a pattern of the same text which ran before the linear engine was enabled would come back
 * without its fallback. Empty groups make the text one that nobody else writes; a pattern without quantifiers cannot
 * backtrack much and keeps its plain text, and V8's fast path for literals.
 */
function uncached(text: string): string {
  return /[*+?{]/.test(text) ? `(?:${text})(?:)(?:)` : text;
}
