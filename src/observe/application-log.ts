import { type Logger, pino } from 'pino';
import type { Log } from '../plugin/index.ts';

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

/** The application log, for people (text lines) or machines (pino's JSON lines). */
export class ApplicationLog implements Log {
  readonly #pino: Logger;
  readonly #destination: ReturnType<typeof pino.destination>;

  constructor(options: ApplicationLogOptions) {
    const destination = pino.destination({ dest: options.path === '' ? 2 : options.path, append: true, sync: true });
    // A log that cannot be written stops nothing: there is nobody left to tell.
    destination.on('error', () => undefined);
    this.#destination = destination;
    const stream = options.json ? destination : { write: (line: string) => void destination.write(textLine(line)) };
    this.#pino = pino({ level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  }

  debug(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#pino.debug(fields, message);
  }

  info(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#pino.info(fields, message);
  }

  warn(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#pino.warn(fields, message);
  }

  error(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#pino.error(fields, message);
  }

  /** Lets the file go; standard error stays open. */
  close(): void {
    this.#destination.flushSync();
  }
}

/** A pino line as people read it: time, level, message, then the fields. */
function textLine(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as { level: number; time: string; msg: string };
  const shown = Object.entries(fields).map(
    ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${time} ${LEVELS[level] ?? level} ${msg}${shown.join('')}\n`;
}
