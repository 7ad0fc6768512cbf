import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What one run of wrk showed. */
export interface LoadResult {
  requests: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  /** Socket errors and answers that were not 2xx or 3xx. */
  errors: number;
  bytes: number;
}

/** What to ask for, and how hard. */
export interface Load {
  url: string;
  connections: number;
  seconds: number;
  method?: string;
  /** Size of the request body in bytes. */
  bodyBytes?: number;
  headers?: Readonly<Record<string, string>>;
}

/** Runs wrk with one thread. @throws Error when wrk fails. */
export async function runLoad(load: Load, scratch: string): Promise<LoadResult> {
  const script = join(scratch, 'load.lua');
  writeFileSync(script, luaScript(load));
  const args = ['-t1', `-c${load.connections}`, `-d${load.seconds}s`, '--latency', '-s', script, load.url];
  return parseResult(await output('wrk', args));
}

function luaScript(load: Load): string {
  const headers = Object.entries(load.headers ?? {}).map(
    ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  );
  return `
wrk.method = "${load.method ?? 'GET'}"
${load.bodyBytes === undefined ? '' : `wrk.body = string.rep("x", ${load.bodyBytes})`}
${headers.join('\n')}
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout, summary.bytes))
end
`;
}

function parseResult(text: string): LoadResult {
  const [, ...numbers] = /^RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$/m.exec(text) ?? [];
  if (numbers.length === 0) throw new Error(`wrk said: ${text}`);
  const [requests = 0, micros = 0, p50 = 0, p99 = 0, errors = 0, bytes = 0] = numbers.map(Number);
  return { requests, seconds: micros / 1e6, p50Ms: p50 / 1000, p99Ms: p99 / 1000, errors, bytes };
}

function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk));
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`${command} ended with ${code}: ${text}`)),
    );
  });
}
