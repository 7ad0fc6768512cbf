import { pino } from 'pino';
import { Deadline, threadTimers } from '../http/index.ts';
import { type AccessLogRule, accessLogRule } from '../plugin/index.ts';
import type { ExchangeRecord } from '../proxy/index.ts';
import { accessLine, type LineFormat } from './access-line.ts';

/** How an access log is written. */
export interface AccessLogOptions {
  /** A file; empty: standard error. */
  path: string;
  /** How a line is written; see `accessLine`. Default "extended". */
  format?: string;
  /** Whether queries are left out. Default false. */
  stripQuery?: boolean;
  /** Whether requests whose route says nothing about it get no line. Default false. */
  offByDefault?: boolean;
  /** Told once, when lines are lost because they cannot be written; requests go on. */
  failed?(error: Error): void;
}

const GATHER_CHARS = 16_384;
const GATHER_MS = 100;
/** Beyond so much that cannot be written, new lines are dropped. */
const MAX_WAITING_BYTES = 16 * 2 ** 20;

/** The access log of one thread: a line per request, gathered and written when 16 KiB or some 100 ms have come together. */
export class AccessLog {
  readonly #destination: ReturnType<typeof pino.destination>;
  readonly #line: LineFormat;
  readonly #offByDefault: boolean;
  readonly #flushing = new Deadline(threadTimers, () => this.#flush());
  /** Gathered here: pino's destination would measure all that it holds with each line. */
  #lines = '';
  #error: Error | null = null;

  /** @throws Error where `format` names an unknown field */
  constructor(options: AccessLogOptions) {
    const dest = options.path === '' ? 2 : options.path;
    this.#destination = pino.destination({
      dest,
      append: true,
      sync: false,
      minLength: 0,
      maxWrite: 4 * GATHER_CHARS,
      maxLength: MAX_WAITING_BYTES,
    });
    this.#destination.on('error', (error: Error) => {
      if (this.#error === null) options.failed?.(error);
      this.#error = error;
    });
    this.#line = accessLine(options.format ?? 'extended', options.stripQuery ?? false);
    this.#offByDefault = options.offByDefault ?? false;
  }

  /** Writes the line of a finished exchange, unless its route wants none. */
  write(exchange: ExchangeRecord, durationMs: number): void {
    const rule = exchange.state.get(accessLogRule);
    if (rule === undefined ? this.#offByDefault : !isWritten(exchange.status, rule)) return;
    if (this.#lines === '') this.#flushing.set(GATHER_MS);
    this.#lines += this.#line(exchange, durationMs);
    if (this.#lines.length >= GATHER_CHARS) this.#flush();
  }

  /** Writes what is gathered and lets the file go. */
  close(): Promise<void> {
    this.#flush();
    this.#flushing.dispose();
    // What failed is never closed.
    if (this.#error !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#destination.on('close', resolve).on('error', resolve);
      this.#destination.end();
    });
  }

  #flush(): void {
    const lines = this.#lines;
    this.#lines = '';
    this.#flushing.clear();
    if (lines !== '') this.#destination.write(lines);
  }
}

function isWritten(status: number, { writes, statusPrefixes }: AccessLogRule): boolean {
  if (statusPrefixes.length === 0) return writes;
  const isNamed = statusPrefixes.some((prefix) => {
    const unnamedDigits = prefix < 10 ? 100 : prefix < 100 ? 10 : 1;
    return Math.floor(status / unnamedDigits) === prefix;
  });
  return isNamed === writes;
}
