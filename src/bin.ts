#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { text } from 'node:stream/consumers';

// Most of the start-up is compiling; the cache halves it from the second start on.
enableCompileCache();

// Whoever reads our output may stop early, as `| head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const { runCommandLine } = await import('./cli/index.ts');

process.exitCode = await runCommandLine(process.argv.slice(2), {
  out: (chunk) => void process.stdout.write(chunk),
  err: (chunk) => void process.stderr.write(chunk),
  input: () => text(process.stdin),
});
