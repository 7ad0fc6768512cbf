import { isError } from '../../routes/index.ts';
import { type Command, type Console, parseArgs } from '../command.ts';
import { showFindings } from '../findings.ts';
import { inspect } from '../inspection.ts';
import { type Entry, type Reference, referenceOf } from '../reference/reference.ts';
import { referencePages, referenceSection } from '../reference/reference-page.ts';
import { entriesOf, type Hit, isCalled, nearestName, search } from '../reference/search.ts';
import { styleOf } from '../style.ts';

/** `sluice docs`: the reference of everything routes may name, drop-ins included. */
export const command: Command = {
  summary: 'prints the reference of predicates, filters and balancing algorithms, and searches it',
  usage: `sluice docs [--json] [--filters-dir DIR]… [NAME or WORD…]

Prints what routes may name, with arguments, phases and examples: all of it, or the given names. A word that is no name
is searched for, in names, tasks ("auth", "cors", "canary") and texts. Drop-ins are those of --filters-dir, by default of
./filters.`,

  async run(args, io) {
    const flags = parseArgs(args, ['filters-dir'], ['json']);
    const { loaded, findings } = await inspect({ routes: [], filters: flags.values('filters-dir') }, io);
    showFindings(findings, io.err, io);
    const reference = referenceOf(loaded.registry);
    const words = flags.rest;
    const missing = flags.has('json')
      ? printJson(reference, words, io)
      : words.length === 0
        ? printAll(reference, io)
        : printSome(entriesOf(reference), words, io);
    return findings.some(isError) || missing ? 1 : 0;
  },
};

function printAll(reference: Reference, io: Console): boolean {
  io.out(Object.values(referencePages(reference)).join('\n'));
  return false;
}

/** Prints what is called like the words, or what they find; whether one of them found nothing. */
function printSome(all: readonly Hit[], words: readonly string[], io: Console): boolean {
  let missing = false;
  const parts: string[] = [];
  for (const word of words) {
    const named = all.filter(({ entry }) => isCalled(entry, word));
    const found = named.length > 0 ? [] : search(all, word);
    if (named.length > 0) parts.push(...named.map(({ entry }) => referenceSection(entry)));
    else if (found.length > 0) parts.push(listing(found, word, io));
    else missing = tellMissing(all, word, io);
  }
  io.out(parts.join('\n'));
  return missing;
}

function listing(found: readonly Hit[], word: string, io: Console): string {
  const style = styleOf(io);
  const width = Math.max(...found.map(({ entry }) => entry.name.length));
  const lines = found.map(({ kind, entry }) => {
    const text = entry.refused === undefined ? entry.summary : `not available: ${entry.refused}`;
    return `  ${style.bold(entry.name)}${' '.repeat(width - entry.name.length)}  ${style.dim(kind.padEnd(9))}  ${text}\n`;
  });
  return `What has to do with "${word}" (sluice docs NAME tells more):\n\n${lines.join('')}`;
}

function tellMissing(all: readonly Hit[], word: string, io: Console): true {
  const meant = nearestName(all, word);
  io.err(`sluice: there is nothing called ${word}${meant === null ? '' : `; did you mean ${meant}?`}\n`);
  return true;
}

/** Prints entries for machines, by exact name; whether one of the words is no name. */
function printJson(reference: Reference, words: readonly string[], io: Console): boolean {
  const wanted = (entry: Entry): boolean => words.length === 0 || words.some((word) => isCalled(entry, word));
  const kinds = {
    predicates: reference.predicates.filter(wanted),
    filters: reference.filters.filter(wanted),
    balancers: reference.balancers.filter(wanted),
  };
  io.out(`${JSON.stringify(kinds, withPatterns, 2)}\n`);
  const all = entriesOf(reference);
  const missing = words.filter((word) => !all.some(({ entry }) => isCalled(entry, word)));
  for (const word of missing) tellMissing(all, word, io);
  return missing.length > 0;
}

/** RegExps in examples are shown as they are written. */
function withPatterns(_key: string, value: unknown): unknown {
  return value instanceof RegExp ? String(value) : value;
}
