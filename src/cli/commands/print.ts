import { parseRoute } from '../../../grammar/index.ts';
import { UsageError } from '../../config/index.ts';
import { isError, printRoutes, toJson } from '../../routes/index.ts';
import { type Command, parseArgs } from '../command.ts';
import { showFindings } from '../findings.ts';
import { inspect } from '../inspection.ts';

/** `sluice print`: the routes in canonical eskip or as JSON. It knows syntax only, no names. */
export const command: Command = {
  summary: 'prints routes in canonical eskip or as JSON',
  usage: `sluice print [--json | --pretty] [--indent TEXT] PATH…|-

Reads route files (- is standard input) and prints their routes in canonical form: one line a route, with --pretty one
filter a line, with --json as Skipper's JSON. Only syntax is checked; see sluice check for names and arguments.`,

  async run(args, io) {
    const flags = parseArgs(args, ['indent'], ['json', 'pretty']);
    if (flags.rest.length === 0) throw new UsageError('print needs a file, a folder, or - for standard input');
    const { loaded, findings } = await inspect({ routes: flags.rest, filters: null, syntaxOnly: true }, io);
    showFindings(findings, io.err, io);
    if (findings.some(isError)) return 1;
    const routes = [...loaded.texts()].map(({ text }) => parseRoute(text).value).filter((route) => route !== null);
    if (flags.has('json')) io.out(`${JSON.stringify(routes.map(toJson))}\n`);
    else if (routes.length > 0)
      io.out(`${printRoutes(routes, { pretty: flags.has('pretty'), indent: flags.values('indent')[0] ?? '  ' })}\n`);
    return 0;
  },
};
