import { writeFileSync } from 'node:fs';
import { formatText } from '../../grammar/index.ts';
import { UsageError } from '../config/index.ts';
import { type Command, parseArgs } from './command.ts';
import { readRouteTexts } from './route-texts.ts';

/** `sluice fmt`: route files in one layout; comments survive. */
export const command: Command = {
  summary: 'formats route files',
  usage: `sluice fmt [--check] [-w] PATH…|-

Prints the formatted text; with -w writes it back into the files; with --check prints the names of the files whose
layout would change and exits with 1 when there are any. A file with errors is left as it is, and its errors are shown.`,

  async run(args, io) {
    const flags = parseArgs(args, [], ['check', 'w']);
    if (flags.rest.length === 0) throw new UsageError('fmt needs a file, a folder, or - for standard input');
    let findings = 0;
    for (const source of await readRouteTexts(flags.rest, io)) {
      const { text, errors } = formatText(source.text);
      findings += errors.length;
      for (const error of errors) io.err(`${source.format(error)}\n`);
      if (errors.length > 0) continue;
      const changed = text !== source.text;
      if (flags.has('check')) {
        if (changed) io.out(`${source.name}\n`);
        findings += changed ? 1 : 0;
      } else if (!flags.has('w') || source.name === '<stdin>') io.out(text);
      else if (changed) writeFileSync(source.name, text);
    }
    return findings > 0 ? 1 : 0;
  },
};
