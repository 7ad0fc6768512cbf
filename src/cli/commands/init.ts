import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from '../../config/index.ts';
import { type Command, parseArgs } from '../command.ts';
import { INITIAL_FILES } from '../initial-files.ts';

/** `sluice init`: a folder to begin with. */
export const command: Command = {
  summary: 'makes a folder to begin with: a route, a filter with types, a test',
  usage: `sluice init [DIR]

Writes routes/main.eskip, filters/stamp.ts, test/gateway.test.ts, tsconfig.json and package.json into DIR (default: the
working directory). A file that is there already is left as it is.`,

  async run(args, io) {
    const { rest } = parseArgs(args, [], []);
    const [folder = '.', ...more] = rest;
    if (more.length > 0) throw new UsageError(`init takes one folder, found ${rest.join(' ')}`);
    for (const [name, text] of Object.entries(INITIAL_FILES)) {
      const wrote = await writeNew(join(folder, name), text);
      io.out(`${wrote ? 'wrote' : 'left'}  ${join(folder, name)}\n`);
    }
    io.out(`\nNext: ${folder === '.' ? '' : `cd ${folder} && `}npm install && npm test && npm start\n`);
    return 0;
  },
};

/** Writes a file unless there is one; says whether it did. */
async function writeNew(path: string, text: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
