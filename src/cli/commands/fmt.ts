import { randomUUID } from 'node:crypto';
import { chmodSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { formatText, SourceText } from '../../../grammar/index.ts';
import { UsageError } from '../../config/index.ts';
import { faultFinding, printFinding, readDocument } from '../../routes/index.ts';
import type { SourceFile } from '../../sources/index.ts';
import { type Command, type Console, type ParsedArgs, parseArgs } from '../command.ts';
import { routeSources, STDIN } from '../route-sources.ts';

/** `sluice fmt`: route files in one layout; comments survive. */
export const command: Command = {
  summary: 'formats route files',
  usage: `sluice fmt [--check] [-w] PATH…|-

Prints the formatted text; with -w writes it back into the files; with --check prints the names of the files whose
layout would change and exits with 1 when there are any. A file with errors, or one that cannot be read whole, is left as
it is, and its errors are shown.`,

  async run(args, io) {
    const flags = parseArgs(args, [], ['check', 'w']);
    if (flags.rest.length === 0) throw new UsageError('fmt needs a file, a folder, or - for standard input');
    const files: SourceFile[] = [];
    let failed = false;
    for (const source of await routeSources(flags.rest, io)) {
      await source.start(({ put, faults }) => {
        files.push(...put);
        for (const fault of faults) io.err(`${printFinding(faultFinding(fault))}\n`);
        failed ||= faults.length > 0;
      });
    }
    files.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const file of files) failed = !format(file, flags, io) || failed;
    return failed ? 1 : 0;
  },
};

/** Formats one file as the flags say; whether all was well with it. */
function format({ name, text: before }: SourceFile, flags: ParsedArgs, io: Console): boolean {
  const { errors } = readDocument(before);
  const source = new SourceText(name, before);
  for (const error of errors) io.err(`${source.format(error)}\n`);
  if (errors.length > 0) return false;
  const { text } = formatText(before);
  if (flags.has('check')) {
    if (text !== before) io.out(`${name}\n`);
    return text === before;
  }
  if (!flags.has('w') || name === STDIN) io.out(text);
  else if (text !== before) replace(name, text);
  return true;
}

/** Gives a file a new content at one go, so that nobody reads half of it; its mode stays, and so do links to it. */
function replace(name: string, text: string): void {
  const place = realpathSync(name);
  const draft = `${place}.${randomUUID()}`;
  try {
    writeFileSync(draft, text, { flag: 'wx' });
    chmodSync(draft, statSync(place).mode & 0o7777);
    renameSync(draft, place);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
