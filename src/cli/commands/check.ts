import { UsageError } from '../../config/index.ts';
import { factsOf, isError } from '../../routes/index.ts';
import { type Command, parseArgs } from '../command.ts';
import { count, showFindings, summary } from '../findings.ts';
import { inspect } from '../inspection.ts';

/** `sluice check`: everything that would keep routes from being served, and what can never be served. */
export const command: Command = {
  summary: 'checks route files: syntax, names, arguments, routes that can never match',
  usage: `sluice check [--strict] [--json] [--filters-dir DIR]… PATH…|-

Reads all files together, as run does, and prints what is wrong as file:line:column. Exits with 1 when there are errors,
with --strict when there are warnings too. Drop-ins are those of --filters-dir, by default of ./filters. --json prints
one JSON array of findings.`,

  async run(args, io) {
    const flags = parseArgs(args, ['filters-dir'], ['json', 'strict']);
    if (flags.rest.length === 0) throw new UsageError('check needs a file, a folder, or - for standard input');
    const { findings, loaded, files } = await inspect({ routes: flags.rest, filters: flags.values('filters-dir') }, io);
    if (flags.has('json')) io.out(`${JSON.stringify(findings.map(factsOf))}\n`);
    else {
      showFindings(findings, io.out, io);
      const served = `${count(loaded.routeCount, 'route') || 'no route'} in ${count(files, 'file') || 'no file'}`;
      io.err(findings.length > 0 ? `${summary(findings)}\n` : `${served}, no problems\n`);
    }
    return findings.some((finding) => isError(finding) || flags.has('strict')) ? 1 : 0;
  },
};
