import type { Console } from './command.ts';

/** How text is set off on a terminal; on anything else it stays as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  error(text: string): string;
  warning(text: string): string;
  good(text: string): string;
}

/** The style for what a console shows: with colours on a terminal that takes them. */
export function styleOf({ colours }: Pick<Console, 'colours'>): Style {
  const sgr = (on: number, off: number) => (text: string) =>
    colours && text !== '' ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return { bold: sgr(1, 22), dim: sgr(2, 22), error: sgr(31, 39), warning: sgr(33, 39), good: sgr(32, 39) };
}

/**
 * Whether output is to be coloured: on a terminal, unless NO_COLOR says no; anywhere when FORCE_COLOR says yes.
 * Source: no-color.org, force-color.org.
 */
export function wantsColours(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  const { FORCE_COLOR: force = '', NO_COLOR: no = '', TERM: term } = env;
  if (force !== '') return force !== '0' && force !== 'false';
  return no === '' && isTerminal && term !== 'dumb';
}
