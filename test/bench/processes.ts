import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';

/** Clock ticks per second of /proc/PID/stat; 100 on every Linux that Node supports. */
const TICKS_PER_SECOND = 100;

/** Says whether a program can be found on the PATH. */
export function installed(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** A program under measurement, with its child processes. */
export class Program {
  readonly name: string;
  readonly #child: ChildProcess;
  #output = '';

  /** Starts it in the system's temporary folder: here, Sluice would load the folder filters/. */
  constructor(name: string, command: string, args: readonly string[]) {
    this.name = name;
    this.#child = spawn(command, args, { cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] });
    // The output is read, or the pipe would fill and the program stand still; its end is kept for error messages.
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.#output = `${this.#output}${chunk}`.slice(-4000)));
  }

  /** Resolves when `port` takes connections. @throws Error when the program ends, or after ten seconds. */
  async listening(port: number): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!(await connects(port))) {
      if (this.#child.exitCode !== null || Date.now() > deadline)
        throw new Error(`${this.name} did not start: ${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** CPU time used so far by the program and its children, in microseconds. */
  get cpuMicros(): number {
    return this.#pids().reduce((sum, pid) => sum + cpuTicks(pid), 0) * (1e6 / TICKS_PER_SECOND);
  }

  /** Resident memory of the program and its children, in MiB. */
  get residentMiB(): number {
    return this.#pids().reduce((sum, pid) => sum + residentKiB(pid), 0) / 1024;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(timer);
  }

  #pids(): number[] {
    const root = this.#child.pid as number;
    const children = new Map<number, number[]>();
    for (const entry of readdirSync('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      const parent = Number(fields(Number(entry))[1] ?? -1);
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    }
    const found = [root];
    for (const pid of found) found.push(...(children.get(pid) ?? []));
    return found;
  }
}

/** The fields of /proc/PID/stat behind the command name; empty when the process is gone. */
function fields(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function cpuTicks(pid: number): number {
  const stat = fields(pid);
  return Number(stat[11] ?? 0) + Number(stat[12] ?? 0);
}

function residentKiB(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
