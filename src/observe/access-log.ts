import { Deadline, threadTimers } from '../http/index.ts';
import { type AccessLogRule, accessLogRule } from '../plugin/index.ts';
import type { ExchangeRecord } from '../proxy/index.ts';
import { accessLine, type LineFormat } from './access-line.ts';
import { LineSink } from './line-sink.ts';

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
  /** Told once, when lines cannot be written; requests go on. */
  failed?(reason: string): void;
  /** Told when they are written again; `dropped` are lost. */
  mended?(dropped: number): void;
}

const GATHER_CHARS = 16_384;
const GATHER_MS = 100;

/** The access log of one thread: a line per request, gathered and written when 16 KiB or some 100 ms have come together. */
export class AccessLog {
  readonly #sink: LineSink;
  readonly #line: LineFormat;
  readonly #offByDefault: boolean;
  readonly #flushing = new Deadline(threadTimers, () => this.#flush());
  /** Gathered here: a destination would measure all that it holds with each line. */
  #lines = '';

  /** @throws Error where `format` names an unknown field */
  constructor(options: AccessLogOptions) {
    this.#sink = new LineSink(options);
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

  /** How many lines were lost because they could not be written. */
  get dropped(): number {
    return this.#sink.dropped;
  }

  /** Writes what is gathered and opens the file anew; says whether there is one. */
  reopen(): boolean {
    this.#flush();
    return this.#sink.reopen();
  }

  /** Writes what is gathered, at most for a second, and lets the file go. */
  close(): Promise<void> {
    this.#flush();
    this.#flushing.dispose();
    return this.#sink.close();
  }

  #flush(): void {
    const lines = this.#lines;
    this.#lines = '';
    this.#flushing.clear();
    this.#sink.write(lines);
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
