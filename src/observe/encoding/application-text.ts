import { octetsToText } from '../../http/index.ts';
import { jsonLine } from './json-text.ts';
import { escapedForQuotes, isUnsafe, terminalText } from './visible.ts';

/** What stands as it is behind "name=": one word, without quotes. */
const BARE = /^[^\s"\\]+$/;
/** What is taken for the beginning of fields, or of a quoted text. */
const AMBIGUOUS = /=|^"/;
const NOT_IN_NAMES = /[^\w.$@/-]/g;

/** The message of a line: as it is where it can be nothing else, else between quotes. */
export function messageText(message: string): string {
  const text = octetsToText(message);
  return isUnsafe(text) || AMBIGUOUS.test(text) ? quoted(text) : text;
}

/** The value of a field, as logfmt has it: one word as it is, other text between quotes, all else as JSON. */
export function fieldText(value: unknown): string {
  if (typeof value !== 'string') return jsonLine(JSON.stringify(value) ?? 'null');
  const text = octetsToText(value);
  return BARE.test(text) && !isUnsafe(text) ? text : quoted(text);
}

/** The name of a field: what is no part of a word is a "_". */
export function fieldName(name: string): string {
  return name.replace(NOT_IN_NAMES, '_') || '_';
}

/**
 * A diagnostic of several lines: those behind the first one are indented, so that none of them, whatever stands in the file it
 * quotes, is taken for a line of the log.
 */
export function reportText(report: string): string {
  return terminalText(report).replaceAll('\n', '\n  ');
}

function quoted(text: string): string {
  return `"${escapedForQuotes(text)}"`;
}
