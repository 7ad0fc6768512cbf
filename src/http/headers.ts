import { areAlike } from './alike-names.ts';
import { octetsOf } from './octets.ts';
import { described } from './thrown.ts';

/** What a header list may be made of: another one, pairs, or a record, of which an array gives several fields. */
export type FieldsInit =
  | HeaderList
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | readonly string[]>>;

/** Octets that may never stand in a field value (RFC 9110 §5.5): CR, LF and NUL would split or cut the message. */
const FORBIDDEN_IN_VALUE = /[\r\n\0]/;
const BEYOND_LATIN1 = /[^\0-\xff]/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What was read of a field, and the lines that it was read of. */
interface Parsed {
  readonly name: string;
  readonly read: (lines: readonly string[]) => unknown;
  lines: readonly string[];
  value: unknown;
}

const NOTHING_PARSED: readonly Parsed[] = [];

/**
 * An ordered list of header (or trailer) fields, the same type for requests and responses, both directions.
 *
 * Names compare without case and keep the case they came with; fields keep their order. Values are byte strings
 * (one char per octet, latin1), as they travel on the wire. Owned by the message it belongs to.
 * Source: RFC 9110 §5.
 */
export class HeaderList {
  /** The fields, flat: name, value, name, value … Readers on the fast path walk it; writers use the methods. */
  readonly raw: string[];
  #parsed: Parsed[] | null = null;

  constructor(raw: string[] = []) {
    this.raw = raw;
  }

  /** Builds a list from pairs or from a record; a record's array value becomes several fields. */
  static of(
    fields: Iterable<readonly [string, string]> | Readonly<Record<string, string | readonly string[]>>,
  ): HeaderList {
    const list = new HeaderList();
    if (Symbol.iterator in fields) {
      for (const [name, value] of fields as Iterable<readonly [string, string]>) list.append(name, value);
      return list;
    }
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === 'string') list.append(name, value);
      else for (const each of value) list.append(name, each);
    }
    return list;
  }

  /** The list itself, or one of what `fields` says. @throws TypeError for what is none of them */
  static from(fields: FieldsInit): HeaderList {
    if (fields instanceof HeaderList) return fields;
    if (typeof fields === 'object' && fields !== null) return HeaderList.of(fields);
    throw new TypeError(`expected headers to be a HeaderList, pairs or a record, found ${described(fields)}`);
  }

  /** Number of fields. */
  get size(): number {
    return this.raw.length / 2;
  }

  /** First value of `name`, or null. */
  get(name: string): string | null {
    const at = this.#find(name, 0);
    return at < 0 ? null : (this.raw[at + 1] as string);
  }

  /** All values of `name`, one per field line, in order. */
  getAll(name: string): string[] {
    const values: string[] = [];
    for (let at = this.#find(name, 0); at >= 0; at = this.#find(name, at + 2)) values.push(this.raw[at + 1] as string);
    return values;
  }

  /** All values of `name` joined by ", " (RFC 9110 §5.3), or null when there is none. */
  joined(name: string): string | null {
    const first = this.#find(name, 0);
    if (first < 0) return null;
    return this.#find(name, first + 2) < 0 ? (this.raw[first + 1] as string) : this.getAll(name).join(', ');
  }

  /**
   * What `read` makes of the lines of `name`: read once, as long as they stay what they are, however many routes and filters
   * ask. `read` and `name` are the same for all who mean the same.
   */
  parsed<T>(name: string, read: (lines: readonly string[]) => T): T {
    const known = this.#known(name, read);
    if (known !== null && this.#hasLines(name, known.lines)) return known.value as T;
    const lines = this.getAll(name);
    const value = read(lines);
    if (known !== null) Object.assign(known, { lines, value });
    else (this.#parsed ??= []).push({ name, read, lines, value });
    return value;
  }

  has(name: string): boolean {
    return this.#find(name, 0) >= 0;
  }

  /** Says whether `name` stands on more than one line. */
  hasSeveral(name: string): boolean {
    const first = this.#find(name, 0);
    return first >= 0 && this.#find(name, first + 2) >= 0;
  }

  /**
   * Gives `name` exactly one value, at the place of its first field, or at the end.
   * @throws TypeError when the name is no token or the value holds CR, LF or NUL.
   */
  set(name: string, value: string): void {
    const wire = checked(name, value);
    const at = this.#find(name, 0);
    if (at < 0) {
      this.raw.push(name, wire);
      return;
    }
    this.raw[at] = name;
    this.raw[at + 1] = wire;
    this.#deleteFrom(name, at + 2);
  }

  /**
   * Makes `value` all that a backend can find under `name`, or that there is nothing to find where it is null: fields
   * of other spellings that some backends take for the name ("X_User" for "X-User", see `areAlike`) go too. For what a
   * gateway vouches for: who the user is, where the request comes from. @throws TypeError as `set` does.
   */
  assert(name: string, value: string | null): void {
    const wire = value === null ? null : checked(name, value);
    const { raw } = this;
    let placed = wire === null;
    for (let at = 0; at < raw.length; ) {
      if (!areAlike(raw[at] as string, name)) at += 2;
      else if (placed) raw.splice(at, 2);
      else {
        raw[at] = name;
        raw[at + 1] = wire as string;
        placed = true;
        at += 2;
      }
    }
    if (!placed) raw.push(name, wire as string);
  }

  /** Adds a field at the end. @throws TypeError as `set` does. */
  append(name: string, value: string): void {
    this.raw.push(name, checked(name, value));
  }

  /** Removes every field of `name`; says whether there was one. */
  delete(name: string): boolean {
    return this.#deleteFrom(name, 0);
  }

  /**
   * Gives each field of `name` the value that `change` makes of its value, in its place; null removes the field.
   * @throws TypeError as `set` does.
   */
  mapValues(name: string, change: (value: string) => string | null): void {
    for (let at = this.#find(name, 0); at >= 0; at = this.#find(name, at)) {
      const value = change(this.raw[at + 1] as string);
      if (value === null) this.raw.splice(at, 2);
      else {
        this.raw[at + 1] = checked(name, value);
        at += 2;
      }
    }
  }

  /** Keeps, of the fields of `name`, those whose value satisfies `keep`. */
  filterValues(name: string, keep: (value: string) => boolean): void {
    const kept = this.getAll(name).filter(keep);
    this.delete(name);
    for (const value of kept) this.raw.push(name, value);
  }

  *[Symbol.iterator](): IterableIterator<[string, string]> {
    for (let at = 0; at < this.raw.length; at += 2) yield [this.raw[at] as string, this.raw[at + 1] as string];
  }

  clone(): HeaderList {
    return new HeaderList(this.raw.slice());
  }

  #known(name: string, read: unknown): Parsed | null {
    for (const each of this.#parsed ?? NOTHING_PARSED) if (each.read === read && each.name === name) return each;
    return null;
  }

  #hasLines(name: string, lines: readonly string[]): boolean {
    let at = this.#find(name, 0);
    for (const line of lines) {
      if (at < 0 || this.raw[at + 1] !== line) return false;
      at = this.#find(name, at + 2);
    }
    return at < 0;
  }

  #find(name: string, from: number): number {
    const { raw } = this;
    const { length } = name;
    let lower = '';
    for (let at = from; at < raw.length; at += 2) {
      const candidate = raw[at] as string;
      if (candidate.length !== length) continue;
      if (candidate === name) return at;
      if (lower === '') lower = name.toLowerCase();
      if (candidate.toLowerCase() === lower) return at;
    }
    return -1;
  }

  #deleteFrom(name: string, from: number): boolean {
    let found = false;
    for (let at = this.#find(name, from); at >= 0; at = this.#find(name, at)) {
      this.raw.splice(at, 2);
      found = true;
    }
    return found;
  }
}

/** Text as the byte string that goes on the wire: unchanged when it is latin1 already, else its UTF-8 octets. */
export function toByteString(text: string): string {
  return BEYOND_LATIN1.test(text) ? octetsOf(text).toString('latin1') : text;
}

/** Says whether `text` is a token, so a legal field name or method (RFC 9110 §5.6.2). */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

function checked(name: string, value: string): string {
  if (typeof name !== 'string' || typeof value !== 'string')
    throw new TypeError(
      `expected a header's name and value to be strings, found ${described(name)} and ${described(value)}`,
    );
  if (!TOKEN.test(name)) throw new TypeError(`invalid header name ${JSON.stringify(name)}`);
  if (FORBIDDEN_IN_VALUE.test(value)) throw new TypeError(`invalid value for header ${name}: it holds CR, LF or NUL`);
  return toByteString(value);
}
