import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, ask } from './client.ts';
import { eventually } from './eventually.ts';
import { freePort } from './origin.ts';

const BIN = join(import.meta.dirname, '../../src/bin.ts');

/** How a process of ours ended, and all it wrote. */
export interface Ended {
  /** Exit code; null when a signal killed it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Where and with what a process of ours is started. */
export interface ProcessOptions {
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads on standard input. */
  readonly input?: string;
  /** How many file descriptors it may have. Default: as many as the test. */
  readonly descriptors?: number;
}

/** Runs `sluice` with a command line until it ends. */
export function sluice(args: readonly string[], options: ProcessOptions = {}): Promise<Ended> {
  return new SluiceProcess(args, options).ended;
}

/** A `sluice` under way. */
export class SluiceProcess {
  /** Resolves when it has ended. */
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #out = '';
  #err = '';
  #code: number | null | undefined = undefined;
  #port = 0;
  #supportPort = 0;

  constructor(args: readonly string[], { cwd, env, input = '', descriptors }: ProcessOptions = {}) {
    // What says how the tests run is none of its options.
    const { SLUICE_REQUIRE_SERVICES: _, SLUICE_SLOW: __, ...outer } = process.env;
    const options = { cwd, env: { ...outer, ...env } };
    const limiting = ['-c', `ulimit -n ${descriptors}; exec "$0" "$@"`, process.execPath, BIN, ...args];
    const child =
      descriptors === undefined ? spawn(process.execPath, [BIN, ...args], options) : spawn('sh', limiting, options);
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#err += text));
    // Whoever does not read its input has ended before we wrote it.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    this.ended = new Promise((resolve) => {
      child.on('close', (code) => {
        this.#code = code;
        resolve({ code, out: this.#out, err: this.#err });
      });
    });
  }

  /** Starts `sluice run` on free ports with two data threads; resolves when it serves. @throws Error when it ends */
  static async run(args: readonly string[], options: ProcessOptions = {}): Promise<SluiceProcess> {
    const places = ['--address', '127.0.0.1:0', '--support-listener', '127.0.0.1:0', '--workers', '2'];
    const started = new SluiceProcess(['run', ...places, ...args], options);
    try {
      const [, port, support] = await started.logged(/\bport"?[=:](\d+)[ ,]"?support"?[=:]"?(\d+|off)/);
      started.#port = Number(port);
      started.#supportPort = Number(support);
    } catch (error) {
      started.signal('SIGKILL');
      throw error;
    }
    return started;
  }

  /** Starts `sluice run` where it cannot say on which ports it serves; resolves when it is ready. */
  static async runQuietly(args: readonly string[], options: ProcessOptions = {}): Promise<SluiceProcess> {
    const [port, support] = [await freePort(), await freePort()];
    const places = ['--address', `127.0.0.1:${port}`, '--support-listener', `127.0.0.1:${support}`];
    const started = new SluiceProcess(['run', ...places, '--workers', '2', ...args], options);
    started.#port = port;
    started.#supportPort = support;
    await eventually('it to be ready', () => {
      if (started.#code !== undefined) throw new Error(`ended with ${started.#code}: ${started.#err}`);
      return started.support('/ready').then(
        ({ status }) => status === 200,
        () => false,
      );
    });
    return started;
  }

  /** Where clients are served. */
  get port(): number {
    return this.#port;
  }

  /** The most memory it ever had resident, in bytes, as Linux counts. */
  peakBytes(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** What it wrote to standard error up to now. */
  get err(): string {
    return this.#err;
  }

  /** Resolves when standard error, from offset `from` on, has something that matches. @throws Error when it ends before */
  logged(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    return eventually(`${pattern} in the log`, () => {
      const found = pattern.exec(this.#err.slice(from));
      if (found === null && this.#code !== undefined) throw new Error(`ended with ${this.#code}: ${this.#err}`);
      return found;
    });
  }

  /** Sends a request on a connection of its own; with two threads, either may get it. */
  get(target: string, headers: Record<string, string> = {}): Promise<Answer> {
    return ask({ port: this.#port, target, headers });
  }

  /** Asks the support listener. */
  support(target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
    return ask({ port: this.#supportPort, method, target, headers });
  }

  /** The value of a metric; labels as they stand on the page. Null when it is not there. */
  async metric(series: string): Promise<number | null> {
    const { body } = await this.support('/metrics');
    const line = body.split('\n').find((each) => each.startsWith(`${series} `));
    return line === undefined ? null : Number(line.slice(series.length + 1));
  }

  /** Resolves when ten answers in a row, hence those of both threads, satisfy. */
  async untilAll(target: string, isRight: (answer: Answer) => boolean): Promise<void> {
    let row = 0;
    await eventually(`${target} to answer as expected`, async () => {
      row = isRight(await this.get(target)) ? row + 1 : 0;
      return row === 10;
    });
  }

  /** Lets nobody read what it writes, as when the terminal or the log collector is gone. */
  deafen(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  /** Leaves unread what it writes, as a log collector does that hangs; `listen` goes on where it was left. */
  ignore(): void {
    this.#child.stderr?.pause();
  }

  listen(): void {
    this.#child.stderr?.resume();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Stops it as an operator would; resolves when it has ended. */
  stop(): Promise<Ended> {
    this.signal('SIGTERM');
    return this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }
}
