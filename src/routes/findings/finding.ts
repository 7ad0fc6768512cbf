import { type Finding, type Place, SourceText, type TextPlace } from '../../../grammar/index.ts';
import type { SourceFault } from '../../sources/index.ts';
import type { Registry } from '../names/registry.ts';
import { type FindingCode, finding } from './codes.ts';
import { shownMessage, shownSource } from './shown-text.ts';

/** A finding about the text of a file at its place, without the secrets that stand there. */
export function located(source: SourceText, found: Finding<TextPlace>, registry: Registry): Finding {
  const at = shownTextOf(source, registry).locate(found);
  return { ...at, message: shownMessage(found.message, shownSource(source, registry)) };
}

/** A piece of the text of a file with its line, without the secrets that stand there. */
export function shownPlace(source: SourceText, place: TextPlace, registry: Registry): Place {
  return shownTextOf(source, registry).placeOf(place);
}

/** Remembered, since a text knows its lines once it was asked. */
const shownTexts = new WeakMap<SourceText, SourceText>();

function shownTextOf(source: SourceText, registry: Registry): SourceText {
  let shown = shownTexts.get(source);
  if (shown === undefined) {
    shown = new SourceText(source.name, shownSource(source, registry).text);
    shownTexts.set(source, shown);
  }
  return shown;
}

/** A finding of a definition, in the text in which the definition begins at `start`. */
export function shifted(found: Finding<TextPlace>, start: number): Finding<TextPlace> {
  const move = (place: TextPlace): TextPlace => ({ ...place, start: place.start + start, end: place.end + start });
  const { place, related, ...rest } = found;
  const moved = { ...rest, place: move(place) };
  return related === undefined
    ? moved
    : { ...moved, related: related.map((one) => ({ ...one, place: move(one.place) })) };
}

/** The finding of a problem that concerns a file as a whole. */
export function fileFinding(file: string, code: FindingCode, message: string): Finding {
  return finding(code, message, { file, line: 1, column: 1, excerpt: '' });
}

/** The finding that a source cannot be read, or not be watched. */
export function faultFinding({ name, message, severity, line, column }: SourceFault): Finding {
  const code = severity === 'warning' ? 'unwatched' : line === undefined ? 'unreadable' : 'encoding';
  return finding(code, message, { file: name, line: line ?? null, column: column ?? null, excerpt: '' });
}

/** The finding with a hint after its message. */
export function withHint(found: Finding, hint: string): Finding {
  return { ...found, message: `${found.message}; ${hint}` };
}

/** A finding as JSON shows it; the names are those of `sluice check --json`. */
export interface FindingFacts {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: Finding['severity'];
  readonly code: string;
  readonly message: string;
  /** What probably was meant, as text for the place. */
  readonly suggestion?: string;
}

/** A finding for machines. */
export function factsOf({ code, severity, message, place, help }: Finding): FindingFacts {
  const { file, line, column } = place;
  const facts = { file, line: line ?? 1, column: column ?? 1, severity, code, message };
  return help === undefined ? facts : { ...facts, suggestion: help };
}

/** Findings in the order in which to mend them: drop-ins first, since routes fail for them; then by file and place. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const rank = ({ code }: Finding): number => (code === 'plugin' ? 0 : 1);
  return [...findings].sort((a, b) => rank(a) - rank(b) || byPlace(a, b));
}

/** The order of findings by file, line and column. */
export function byPlace({ place: a }: Finding, { place: b }: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return (a.line ?? 1) - (b.line ?? 1) || (a.column ?? 1) - (b.column ?? 1);
}
