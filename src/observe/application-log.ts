import { type Logger, pino } from 'pino';
import { withoutUrlCredentials } from '../http/index.ts';
import type { Log } from '../plugin/index.ts';
import { fieldName, fieldText, jsonLine, messageText, reportText } from './encoding/index.ts';
import { LineSink } from './line-sink.ts';

/** How the application log is written. */
export interface ApplicationLogOptions {
  /** A file; empty: standard error. */
  path: string;
  level: string;
  json: boolean;
}

const LEVELS: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};
/** The fields that every line has; others of these names are given a "_", or they would be taken for these. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'pid', 'hostname', '__proto__']);

type Fields = Readonly<Record<string, unknown>>;

/**
 * The application log, for people (text lines) or machines (pino's JSON lines). A line is one line whatever stands in it, and
 * nobody waits for it to be written.
 */
export class ApplicationLog implements Log {
  readonly #pino: Logger;
  readonly #sink: LineSink;
  readonly #flush = (): void => this.#sink.flushSync();
  #isReport = false;
  #trouble: string | null = null;

  constructor(options: ApplicationLogOptions) {
    this.#sink = new LineSink({
      path: options.path,
      failed: (reason) => (this.#trouble = reason),
      mended: (dropped) => {
        this.#trouble = null;
        this.warn('the application log is written again', { dropped });
      },
    });
    // A process that ends by itself has no time to wait.
    process.on('exit', this.#flush);
    const write = options.json
      ? (line: string) => this.#sink.write(`${jsonLine(line.slice(0, -1))}\n`)
      : (line: string) => this.#sink.write(textLine(line, this.#isReport));
    this.#pino = pino({ level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write });
  }

  debug(message: string, fields: Fields = {}): void {
    this.#pino.debug(ownNamesKept(fields), withoutUrlCredentials(message));
  }

  info(message: string, fields: Fields = {}): void {
    this.#pino.info(ownNamesKept(fields), withoutUrlCredentials(message));
  }

  warn(message: string, fields: Fields = {}): void {
    this.#pino.warn(ownNamesKept(fields), withoutUrlCredentials(message));
  }

  error(message: string, fields: Fields = {}): void {
    this.#pino.error(ownNamesKept(fields), withoutUrlCredentials(message));
  }

  /** A diagnostic of several lines, which stay lines in the text form, indented. */
  report(level: 'warn' | 'error', report: string): void {
    this.#isReport = true;
    this.#pino[level]({}, withoutUrlCredentials(report));
    this.#isReport = false;
  }

  /** Lines that were lost because they could not be written. */
  get dropped(): number {
    return this.#sink.dropped;
  }

  /** Why lines are kept back or lost now; null when they are not. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Opens the file anew; says whether there is one. */
  reopen(): boolean {
    return this.#sink.reopen();
  }

  /** Writes what is left, at most for a second, and lets the file go; standard error stays open. */
  async close(): Promise<void> {
    process.off('exit', this.#flush);
    await this.#sink.close();
  }
}

function ownNamesKept(fields: Fields): Fields {
  const safe: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    safe[OWN_FIELDS.has(name) ? `_${name}` : name] = typeof value === 'string' ? withoutUrlCredentials(value) : value;
  }
  return safe;
}

/** A pino line as people read it: time, level, message, then the fields. */
function textLine(line: string, isReport: boolean): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as { level: number; time: string; msg: string };
  const shown = Object.entries(fields).map(([name, value]) => ` ${fieldName(name)}=${fieldText(value)}`);
  const message = isReport ? reportText(msg) : messageText(msg);
  return `${time} ${LEVELS[level] ?? level} ${message}${shown.join('')}\n`;
}
