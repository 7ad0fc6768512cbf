import { type Finding, isError, printFinding } from '../routes/index.ts';
import type { Console } from './command.ts';
import { type Style, styleOf } from './style.ts';

/** Prints findings for people, by `print`. */
export function showFindings(
  findings: readonly Finding[],
  print: (text: string) => void,
  io: Pick<Console, 'colours'>,
): void {
  const style = styleOf(io);
  for (const finding of findings) print(`${coloured(finding, style)}\n`);
}

/** The findings in numbers: "3 errors and 1 warning in 2 files". */
export function summary(findings: readonly Finding[]): string {
  const errors = findings.filter(isError).length;
  const files = new Set(findings.map(({ place }) => place.file)).size;
  const counts = [count(errors, 'error'), count(findings.length - errors, 'warning')].filter((text) => text !== '');
  return `${counts.join(' and ')} in ${count(files, 'file')}`;
}

/** A number of things in words; nothing for none. */
export function count(number: number, what: string): string {
  return number === 0 ? '' : `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** A report with its places, its code and its carets set off. */
function coloured(finding: Finding, style: Style): string {
  const mark = isError(finding) ? style.error : style.warning;
  const lines = printFinding(finding)
    .split('\n')
    .map((line, at) => {
      if (/^\s*\^+$/.test(line)) return mark(line);
      const [, place, code = '', message] = /^(\S+?(?::\d+:\d+)?:) ((?:warning: )?[a-z-]+: )?(.*)$/.exec(line) ?? [];
      if (place === undefined || (at > 0 && !/:\d+:\d+:$/.test(place))) return line;
      return `${style.bold(place)} ${at === 0 ? mark(code) : code}${message}`;
    });
  return lines.join('\n');
}
