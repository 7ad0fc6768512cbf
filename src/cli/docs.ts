import { type Command, parseArgs } from './command.ts';
import { type Entry, referenceOf } from './reference.ts';
import { referencePages, referenceSection } from './reference-page.ts';
import { loadVocabulary } from './vocabulary.ts';

/** `sluice docs`: the reference of everything routes may name, drop-ins included. */
export const command: Command = {
  summary: 'prints the reference of predicates, filters and balancing algorithms',
  usage: `sluice docs [--json] [--filters-dir DIR]… [NAME…]

Prints what routes may name, with arguments, phases and examples: all of it, or the given names. Drop-ins of the
folders given are included.`,

  async run(args, io) {
    const flags = parseArgs(args, ['filters-dir'], ['json']);
    const { registry, failed } = await loadVocabulary(flags.values('filters-dir'), io);
    const reference = referenceOf(registry);
    const called = ({ name, aliases = [] }: Entry, word: string): boolean => name === word || aliases.includes(word);
    const wanted = (entry: Entry): boolean => flags.rest.length === 0 || flags.rest.some((word) => called(entry, word));
    const kinds = {
      predicates: reference.predicates.filter(wanted),
      filters: reference.filters.filter(wanted),
      balancers: reference.balancers.filter(wanted),
    };
    const found = [...kinds.predicates, ...kinds.filters, ...kinds.balancers];
    const missing = flags.rest.filter((word) => !found.some((entry) => called(entry, word)));
    for (const name of missing) io.err(`sluice: there is nothing called ${name}\n`);
    if (flags.has('json')) io.out(`${JSON.stringify(kinds, withPatterns, 2)}\n`);
    else if (flags.rest.length > 0) io.out(found.map(referenceSection).join('\n'));
    else io.out(Object.values(referencePages(reference)).join('\n'));
    return failed || missing.length > 0 ? 1 : 0;
  },
};

/** RegExps in examples are shown as they are written. */
function withPatterns(_key: string, value: unknown): unknown {
  return value instanceof RegExp ? String(value) : value;
}
