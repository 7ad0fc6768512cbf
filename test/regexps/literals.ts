import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** A regular expression in our own source. */
export interface Literal {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

/** What may stand before a regular expression, and not before a division. */
const BEFORE = /(?:^|[(,=:[!&|?{};+>]|\b(?:return|case|typeof|of|in))$/;

/** All regular expressions written in the sources, but for tests and benchmarks. */
export function literals(): Literal[] {
  const files = globSync(['grammar/**/*.ts', 'filters/**/*.ts', 'src/**/*.ts'], { cwd: ROOT });
  return files
    .filter((file) => !/\.(?:test|bench|fixture)\.ts$/.test(file))
    .flatMap((file) => literalsIn(file, stripTypeScriptTypes(readFileSync(join(ROOT, file), 'utf8'))));
}

function literalsIn(file: string, code: string): Literal[] {
  const found: Literal[] = [];
  // Comments, strings, the texts of templates, regular expressions, or one character.
  const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|[\s\S]/g;
  let before = '';
  for (let match = token.exec(code); match !== null; match = token.exec(code)) {
    const text = match[0];
    if (text.startsWith('//') || text.startsWith('/*')) continue;
    if (text === '/' && BEFORE.test(before)) {
      const regexp = /\/((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+)\/([a-z]*)/y;
      regexp.lastIndex = match.index;
      const [whole, source, flags] = regexp.exec(code) ?? [];
      // What begins with a blank is text about paths.
      if (whole !== undefined && !source?.startsWith(' ')) {
        found.push({ file, source: source as string, flags: flags as string });
        token.lastIndex = match.index + whole.length;
        before = ')';
        continue;
      }
    }
    if (text.trim() !== '') before = (before + text).slice(-10);
  }
  return found;
}
