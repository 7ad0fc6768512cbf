import { emitTree } from './emit.ts';
import { refuse } from './fault.ts';
import { enableLinearRegexps, type LinearMode, runsLinearly } from './linear.ts';
import { parseRegexp } from './parser.ts';
import { shareBeginnings } from './shared-beginnings.ts';
import type { RegexpTree } from './tree.ts';

/** The flags that the linear engine supports beside those written inside the pattern. */
export type RegexpFlags = '' | 'g' | 'y' | 'gy';

/**
 * The RegExp that matches what RE2 matches for the source (RE2 syntax as Go 1.26 accepts it), in linear time.
 * Matches may begin anywhere; groups keep their numbers, and their names when ECMAScript allows them.
 * @throws RegexpError for bad syntax, look-around, back-references, or a pattern too large to run in linear time
 */
export function compileRegexp(source: string, flags: RegexpFlags = ''): RegExp {
  return compileIn(enableLinearRegexps(), source, flags);
}

/** The same in a given mode, whatever this process can do. @throws RegexpError as `compileRegexp` does */
export function compileIn(mode: LinearMode, source: string, flags: RegexpFlags = ''): RegExp {
  const text = uncached(emitTree(shared(parseRegexp(source))));
  if (mode === 'none' && /[*+?{]/.test(text.replaceAll('(?', '('))) refuse(NO_LINEAR_ENGINE, 0, source.length);
  if (mode !== 'none' && !runsLinearly(text, flags))
    refuse('expression too large: it cannot run in linear time', 0, source.length);
  try {
    const regexp = new RegExp(text, mode === 'always' ? `${flags}l` : flags);
    // V8 generates code at the first run, once for Latin-1 subjects and once for others: find out now, not in a request.
    regexp.test('a');
    regexp.test('\u{100}');
    regexp.lastIndex = 0;
    return regexp;
  } catch {
    return refuse('expression too large', 0, source.length);
  }
}

const NO_LINEAR_ENGINE = `this Node (${process.version}) has no engine for regexps that runs in linear time; only expressions without * + ? {} are taken`;

function shared(tree: RegexpTree): RegexpTree {
  return { ...tree, root: shareBeginnings(tree.root) };
}

/**
 * V8 caches code by source: a pattern of the same text which ran before the linear engine was enabled would come back
 * without its fallback. Empty groups make the text one that nobody else writes; a pattern without quantifiers cannot
 * backtrack much and keeps its plain text, and V8's fast path for literals.
 */
function uncached(text: string): string {
  return /[*+?{]/.test(text) ? `(?:${text})(?:)(?:)` : text;
}
