import { octetsToText, withoutSecrets } from '../http/index.ts';
import type { ExchangeRecord } from '../proxy/index.ts';
import { ACCESS_FIELDS, type AccessField, uriWithoutQuery } from './access-fields.ts';
import { bareOctets, jsonLine, quotedOctets } from './encoding/index.ts';

/** Writes the line of a finished exchange, its line break included. */
export type LineFormat = (exchange: ExchangeRecord, durationMs: number) => string;

/** Skipper's line: Apache's combined format with duration, host, flow id and audit behind. */
const SKIPPER =
  '${host} - ${auth-user} [${timestamp}] "${method} ${uri} ${proto}" ${status} ${response-size} "${referer}" "${user-agent}" ${duration} ${requested-host} ${flow-id} ${audit}';

/** The formats that have a name. */
const NAMED: Readonly<Record<string, string>> = {
  skipper: SKIPPER,
  extended: `${SKIPPER} \${route} \${endpoint} \${upstream-duration} \${request-id} \${error-id}`,
};

const PLACEHOLDER = /\$\{([^}]*)\}/;
const HEADER = 'request.header.';

/**
 * The writer of access log lines. `format` is "extended", "skipper", "json", or a text with placeholders such as
 * `${status}` for the fields of `ACCESS_FIELDS` and `${request.header.NAME}`. Between double quotes or
 * brackets a value is escaped for there; elsewhere blanks are escaped too, and "-" stands for what is not there.
 * @throws Error that names an unknown field and those there are
 */
export function accessLine(format: string, stripQuery = false): LineFormat {
  const fieldOf = (name: string): AccessField => (name === 'uri' && stripQuery ? uriWithoutQuery : accessField(name));
  return format === 'json' ? jsonFormat(fieldOf) : textFormat(NAMED[format] ?? format, fieldOf);
}

function accessField(name: string): AccessField {
  if (Object.hasOwn(ACCESS_FIELDS, name)) return ACCESS_FIELDS[name as keyof typeof ACCESS_FIELDS];
  const header = name.startsWith(HEADER) ? name.slice(HEADER.length) : '';
  if (header !== '') return ({ request }) => withoutSecrets(request.headers.joined(header) ?? '');
  const known = [...Object.keys(ACCESS_FIELDS), `${HEADER}NAME`].join(', ');
  throw new Error(`expected fields among ${known}, found \${${name}}`);
}

function jsonFormat(fieldOf: (name: string) => AccessField): LineFormat {
  const fields = Object.keys(ACCESS_FIELDS).map((name) => [name, fieldOf(name)] as const);
  return (exchange, durationMs) => {
    const line: Record<string, string | number> = {};
    for (const [name, field] of fields) {
      const value = field(exchange, durationMs);
      line[name] = typeof value === 'number' ? value : octetsToText(value);
    }
    line['level'] = 'info';
    line['msg'] = '';
    return `${jsonLine(JSON.stringify(line))}\n`;
  };
}

/** A piece of a line: a field and the text behind it. */
interface Piece {
  readonly field: AccessField;
  readonly shown: (text: string) => string;
  readonly behind: string;
}

function textFormat(format: string, fieldOf: (name: string) => AccessField): LineFormat {
  const [before = '', ...rest] = format.split(PLACEHOLDER);
  const pieces: Piece[] = [];
  let mark = openMark(before, '');
  for (let at = 0; at < rest.length; at += 2) {
    const behind = rest[at + 1] as string;
    pieces.push({ field: fieldOf(rest[at] as string), shown: shownIn(mark, behind), behind });
    mark = openMark(behind, mark);
  }
  return (exchange, durationMs) => {
    let line = before;
    for (const { field, shown, behind } of pieces) {
      const value = field(exchange, durationMs);
      line += typeof value === 'number' ? value + behind : shown(value) + behind;
    }
    return `${line}\n`;
  };
}

/** What a field stands within: quotes, brackets, or nothing. */
type Mark = '"' | '[' | '';

/** What stands open behind `text`, where `mark` stood open before it. */
function openMark(text: string, mark: Mark): Mark {
  let open = mark;
  for (const char of text) {
    if (char === '"') open = open === '"' ? '' : '"';
    else if (open !== '"' && char === '[') open = '[';
    else if (open === '[' && char === ']') open = '';
  }
  return open;
}

/** What ends a value, besides a blank, where it stands right behind its placeholder. */
const SEPARATORS = "|,;')}>";

/** How a value is written there: nobody ends the field but the format. */
function shownIn(mark: Mark, behind: string): (text: string) => string {
  if (mark === '"') return inQuotes;
  if (mark === '[') return (text) => without(']', inQuotes(text));
  const separator = behind.charAt(0);
  return separator !== '' && SEPARATORS.includes(separator)
    ? (text) => without(separator, bareOctets(text))
    : bareOctets;
}

function inQuotes(text: string): string {
  return text === '' ? '-' : quotedOctets(text);
}

function without(char: string, text: string): string {
  return text.replaceAll(char, `\\x${char.charCodeAt(0).toString(16)}`);
}
