#!/usr/bin/env node
import nodeModule from 'node:module';
import { buffer } from 'node:stream/consumers';

/** As `engines` in package.json says. Looked at before anything is loaded that an older Node does not know. */
const OLDEST_NODE = 24;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(
    `sluice: runs on Node ${OLDEST_NODE} or later; this is ${process.version} (${process.execPath})\n`,
  );
  process.exit(1);
}

// Most of the start-up is compiling; the cache halves it from the second start on.
nodeModule.enableCompileCache();

// Whoever reads our output may stop early, as `| head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

// Before the first regexp runs.
await import('./linear-first.ts');
const { runCommandLine, wantsColours } = await import('./cli/index.ts');

process.exitCode = await runCommandLine(process.argv.slice(2), {
  out: (chunk) => void process.stdout.write(chunk),
  err: (chunk) => void process.stderr.write(chunk),
  input: () => buffer(process.stdin),
  colours: wantsColours(process.stdout.isTTY && process.stderr.isTTY, process.env),
});

// Drop-ins may have left timers and sockets behind. What was written is waited for: to a pipe it goes asynchronously.
process.stdout.write('', () => process.stderr.write('', () => process.exit()));
