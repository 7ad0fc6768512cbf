import { pino } from 'pino';
import { clientAddress, Deadline, isAddress, threadTimers, withoutPort } from '../http/index.ts';
import { type AccessLogRule, accessLogRule, authUser, maskedQueryParams, unverifiedAudit } from '../plugin/index.ts';
import type { ExchangeRecord } from '../proxy/index.ts';
import { maskedTarget } from './masked-target.ts';

/** How an access log is written. */
export interface AccessLogOptions {
  /** A file; empty: standard error. */
  path: string;
  json: boolean;
  stripQuery: boolean;
  /** Whether requests whose route says nothing about it get no line. Default false. */
  offByDefault?: boolean;
  /** Told once, when lines are lost because they cannot be written; requests go on. */
  failed?(error: Error): void;
}

const GATHER_CHARS = 16_384;
const GATHER_MS = 100;
/** Beyond so much that cannot be written, new lines are dropped. */
const MAX_WAITING_BYTES = 16 * 2 ** 20;
const NEEDS_ESCAPE = /["\\\x00-\x1f\x7f]/;
const ESCAPED = /["\\\x00-\x1f\x7f]/g;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The access log of one thread: a line per request, gathered and written when 16 KiB or some 100 ms have come together.
 * Lines are Apache's combined format with duration, host and flow id behind, as Skipper writes them.
 */
export class AccessLog {
  readonly #destination: ReturnType<typeof pino.destination>;
  readonly #json: boolean;
  readonly #stripQuery: boolean;
  readonly #offByDefault: boolean;
  readonly #flushing = new Deadline(threadTimers, () => this.#flush());
  /** Gathered here: pino's destination would measure all that it holds with each line. */
  #lines = '';
  #error: Error | null = null;
  #second = -1;
  #stamp = '';

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
    this.#json = options.json;
    this.#stripQuery = options.stripQuery;
    this.#offByDefault = options.offByDefault ?? false;
  }

  /** Writes the line of a finished exchange, unless its route wants none. */
  write(exchange: ExchangeRecord, durationMs: number): void {
    const rule = exchange.state.get(accessLogRule);
    if (rule === undefined ? this.#offByDefault : !isWritten(exchange.status, rule)) return;
    if (this.#lines === '') this.#flushing.set(GATHER_MS);
    this.#lines += this.#json ? this.#jsonLine(exchange, durationMs) : this.#textLine(exchange, durationMs);
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

  #textLine(exchange: ExchangeRecord, durationMs: number): string {
    const { request, status, bytesSent, state } = exchange;
    const { headers } = request;
    const uri = quoted(this.#uri(exchange));
    const agent = `"${quoted(headers.get('Referer') ?? '-')}" "${quoted(headers.get('User-Agent') ?? '-')}"`;
    const rest = `${Math.round(durationMs)} ${bare(request.host)} ${bare(headers.get('X-Flow-Id') ?? undefined)} ${bare(state.get(unverifiedAudit))}`;
    return `${clientOf(exchange)} - ${bare(state.get(authUser))} [${this.#time()}] "${request.method} ${uri} HTTP/${request.httpVersion}" ${status} ${bytesSent} ${agent} ${rest}\n`;
  }

  #jsonLine(exchange: ExchangeRecord, durationMs: number): string {
    const { request, status, bytesSent, state } = exchange;
    const line = {
      host: clientOf(exchange),
      'auth-user': state.get(authUser) ?? '',
      timestamp: this.#time(),
      method: request.method,
      uri: this.#uri(exchange),
      proto: `HTTP/${request.httpVersion}`,
      status,
      'response-size': bytesSent,
      referer: request.headers.get('Referer') ?? '',
      'user-agent': request.headers.get('User-Agent') ?? '',
      duration: Math.round(durationMs),
      'requested-host': request.host,
      'flow-id': request.headers.get('X-Flow-Id') ?? '',
      audit: state.get(unverifiedAudit) ?? '',
      route: exchange.routeId ?? '',
      level: 'info',
      msg: '',
    };
    return `${JSON.stringify(line)}\n`;
  }

  #uri({ request, state }: ExchangeRecord): string {
    const target = request.originalTarget;
    if (!this.#stripQuery) {
      const masked = state.get(maskedQueryParams);
      return masked === undefined ? target : maskedTarget(target, masked);
    }
    const mark = target.indexOf('?');
    return mark < 0 ? target : target.slice(0, mark);
  }

  /** The time in Apache's form, made once a second. */
  #time(): string {
    const now = Date.now();
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#stamp = apacheTime(new Date(now));
    }
    return this.#stamp;
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

function apacheTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${two(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}:${clock} ${zone}`;
}

/** Who asked: the addresses of X-Forwarded-For, without whatever else a client wrote there; else the peer. */
function clientOf({ request }: ExchangeRecord): string {
  const forwarded = request.headers.joined('X-Forwarded-For');
  const addresses = forwarded === null ? [] : forwarded.split(',').map((entry) => withoutPort(entry.trim()));
  return addresses.filter(isAddress).join(', ') || clientAddress(request) || '-';
}

/** Text that may stand between quotes in a log line: a client cannot end the field or forge a line. */
function quoted(text: string): string {
  return NEEDS_ESCAPE.test(text)
    ? text.replace(ESCAPED, (char) =>
        char === '"' || char === '\\' ? `\\${char}` : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
      )
    : text;
}

/** Text as a field without quotes around it; "-" where there is none. */
function bare(text: string | undefined): string {
  return text === undefined || text === '' ? '-' : quoted(text).replaceAll(' ', '\\x20');
}
