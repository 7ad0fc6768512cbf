/**
 * The commands of `sluice`: one a file in `commands/`, what they share beside this file, and the reference of everything
 * routes may name in `reference/`.
 * May import everything; src/gateway for `run`.
 * Invariant: exit code 0 fine, 1 findings or a failure of the system, 2 usage; results on standard output, everything else
 * on standard error.
 */
import { suggest } from '../../grammar/index.ts';
import { UsageError } from '../config/index.ts';
import type { Command, Console } from './command.ts';

export { wantsColours } from './style.ts';

const COMMANDS: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  run: () => import('./commands/run.ts'),
  check: () => import('./commands/check.ts'),
  print: () => import('./commands/print.ts'),
  fmt: () => import('./commands/fmt.ts'),
  match: () => import('./commands/match.ts'),
  docs: () => import('./commands/docs.ts'),
  init: () => import('./commands/init.ts'),
};

const VERSION = /^(?:version|--?version|-v|-V)$/;

/** Runs one command line (without node and script); resolves to the exit code. */
export async function runCommandLine(argv: readonly string[], io: Console): Promise<number> {
  const [name = 'help', ...args] = argv;
  if (VERSION.test(name) || (name === 'run' && args.some((each) => VERSION.test(each)))) {
    const { version } = await import('../version.ts');
    io.out(`sluice ${version}\n`);
    return 0;
  }
  if (name === 'help' || name === '--help' || name === '-h' || name === '-help') {
    io.out(await overview());
    return 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  try {
    if (load === undefined) throw unknownCommand(name);
    const { command } = await load();
    if (args.some((each) => /^--?h(elp)?$/.test(each))) {
      io.out(`${command.usage}\n`);
      return 0;
    }
    return await command.run(args, io);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isOfSystem = code !== undefined && /^E[A-Z]+$/.test(code);
    if (!(error instanceof UsageError) && !isOfSystem) throw error;
    io.err(`sluice: ${message}\n`);
    return isOfSystem ? 1 : 2;
  }
}

function unknownCommand(name: string): UsageError {
  const meant = suggest(name, Object.keys(COMMANDS));
  const advice = meant === null ? `there are ${Object.keys(COMMANDS).join(', ')}` : `did you mean ${meant}?`;
  return new UsageError(`unknown command ${JSON.stringify(name)}; ${advice}`);
}

async function overview(): Promise<string> {
  const lines: string[] = [];
  for (const [name, load] of Object.entries(COMMANDS))
    lines.push(`  ${name.padEnd(8)}${(await load()).command.summary}`);
  return `sluice: an HTTP reverse proxy and API gateway\n\n${lines.join('\n')}\n\nsluice COMMAND --help tells more.\n`;
}
