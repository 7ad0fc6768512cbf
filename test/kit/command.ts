import { runCommandLine } from '../../src/cli/index.ts';
import type { Ended } from './sluice-process.ts';

/** Runs a command line of `sluice` in this process; `input` is its standard input. */
export async function command(args: readonly string[], input: string | Buffer = ''): Promise<Ended> {
  let out = '';
  let err = '';
  const code = await runCommandLine(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    colours: false,
    input: async () => Buffer.from(input),
  });
  return { code, out, err };
}
