import { hasTrait, isToken, NOT_FILTERS } from '../http/index.ts';
import { DURATION_EXPECTED, parseDuration } from './duration.ts';
import { type Regexp, regexpAdvice, regexpArgument } from './regexp.ts';
import { Template } from './template.ts';

/** A value as it stands in a route: eskip knows numbers and strings (a regexp literal is a string here). */
export type ArgValue = string | number;

/**
 * One argument of a filter or predicate: its name, how it reads in the reference, and how a value becomes a `T`.
 * From this one declaration come validation, the types of `create` and the reference.
 */
export interface Arg<T> {
  readonly name: string;
  /** The type as the reference shows it: "string", "regexp", "duration" … */
  readonly type: string;
  /** What the argument means, in a few words, with its unit. */
  readonly doc?: string;
  /** Says whether it may be left out. */
  readonly optional: boolean;
  /** Says whether it takes all values that are left. */
  readonly rest: boolean;
  /** What stands in the reference as its default. */
  readonly fallback?: unknown;
  /** What of a value is shown where others may read it; a value without it is shown as it is. See `ArgOptions.secret`. */
  readonly mask?: Mask;
  /** Turns the value (of a rest argument: each value) into a `T`. @throws Error whose message says what was expected. */
  readonly read: (value: ArgValue) => unknown;
  /**
   * What is worth saying about a value that is taken as it is (of a rest argument: about each value): a warning at its
   * place in the route, when routes are loaded or checked. Null: nothing. See `arg.advised`.
   */
  advise?(value: unknown): string | null;
  /** Exists for the type only. */
  readonly valueType?: T;
}

/** The values `create` gets for a list of arguments; a rest argument comes as one array. */
export type ArgValues<A extends readonly Arg<unknown>[]> = {
  -readonly [K in keyof A]: A[K] extends Arg<infer T> ? T : never;
};

/**
 * What of a secret argument may be shown: on the support listener, and in diagnostics in logs. `before` are the arguments in
 * front of it, which may say what it is: the value of a header is secret when the header carries credentials.
 */
export type Mask = (value: string, before: readonly ArgValue[]) => string;

/** What a builder may be told besides the name. */
export interface ArgOptions {
  doc?: string;
  /** Whether the value is a secret: true, or what may be shown of it. Default false. */
  secret?: boolean | Mask;
}

/** What is shown of a secret. */
export const MASKED = '***';

function make<T>(name: string, type: string, read: (value: ArgValue) => T, options?: ArgOptions): Arg<T> {
  return {
    name,
    type,
    optional: false,
    rest: false,
    read,
    ...(options?.doc === undefined ? {} : { doc: options.doc }),
    ...maskOf(options),
  };
}

function maskOf({ secret = false }: ArgOptions = {}): { mask?: Mask } {
  return secret === false ? {} : { mask: secret === true ? () => MASKED : secret };
}

function text(value: ArgValue): string {
  if (typeof value !== 'string') throw new Error(`expected a string, found the number ${value}; write "${value}"`);
  return value;
}

function number(value: ArgValue): number {
  if (typeof value === 'number') return value;
  const isNumber = /^-?\d+(\.\d+)?$/.test(value);
  throw new Error(
    `expected a number, found ${JSON.stringify(value)}${isNumber ? `; write ${value} without quotes` : ''}`,
  );
}

/** Bounds of a number, both inclusive. */
export interface NumberOptions extends ArgOptions {
  min?: number;
  max?: number;
}

/** The bounds in words, after a space: " from 1 to 9", " of at least 1"; without bounds nothing. */
function range({ min, max }: NumberOptions = {}): string {
  if (min === undefined) return max === undefined ? '' : ` of at most ${max}`;
  return max === undefined || max === Number.POSITIVE_INFINITY ? ` of at least ${min}` : ` from ${min} to ${max}`;
}

function bounded(value: number, options: NumberOptions | undefined): number {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = options ?? {};
  if (value < min || value > max) throw new Error(`expected a number${range(options)}, found ${value}`);
  return value;
}

const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

function line(value: ArgValue): string {
  if (CONTROL.test(text(value))) throw new Error('expected one line of text, found a control character');
  return text(value);
}

/** What a header name is wanted for. */
export interface HeaderNameOptions extends ArgOptions {
  /** Whether the filter writes the field; those that frame messages are then refused. Default false. */
  writes?: boolean;
}

function headerName(value: ArgValue, options: HeaderNameOptions | undefined): string {
  const name = text(value);
  if (!isToken(name)) throw new Error(`expected a header name, found ${JSON.stringify(name)}`);
  if (options?.writes === true && hasTrait(name, NOT_FILTERS))
    throw new Error(`expected a header that filters may write; ${name} belongs to the connection`);
  return name;
}

/** How a duration may be written besides Go's form ("1m30s"). */
export interface DurationOptions extends ArgOptions {
  /** The unit of a bare number; without it a bare number is refused. */
  bare?: 'ms' | 's';
}

function duration(value: ArgValue, options: DurationOptions | undefined): number {
  if (typeof value === 'string') return parseDuration(value);
  if (options?.bare === undefined)
    throw new Error(`${DURATION_EXPECTED}, found the number ${value}; did you mean "${value}s"?`);
  return options.bare === 'ms' ? value : value * 1000;
}

/** Builders of arguments. */
export const arg = {
  /** Any string. */
  string: (name: string, options?: ArgOptions): Arg<string> => make(name, 'string', text, options),

  /** A string without control characters but tab: fit to stand in a header. */
  line: (name: string, options?: ArgOptions): Arg<string> => make(name, 'string', line, options),

  /** The name of a header field. Source: RFC 9110 §5.1. */
  headerName: (name: string, options?: HeaderNameOptions): Arg<string> =>
    make(name, 'header name', (value) => headerName(value, options), options),

  /** The value of a header, a template; see `Template.fillHeader`. */
  headerValue: (name: string, options?: ArgOptions): Arg<Template> =>
    make(name, 'template', (value) => new Template(line(value)), options),

  /** Any finite number. */
  number: (name: string, options?: NumberOptions): Arg<number> =>
    make(name, `number${range(options)}`, (value) => bounded(number(value), options), options),

  /** A number without fraction. */
  int: (name: string, options?: NumberOptions): Arg<number> =>
    make(
      name,
      `integer${range(options)}`,
      (value) => {
        if (!Number.isInteger(number(value))) throw new Error(`expected an integer, found ${value}`);
        return bounded(number(value), options);
      },
      options,
    ),

  /** A time span, in milliseconds: Go's "1m30s", or with `bare` a number in that unit. */
  duration: (name: string, options?: DurationOptions): Arg<number> =>
    make(name, 'duration', (value) => duration(value, options), options),

  /** A regular expression in RE2 syntax, unanchored. */
  regexp: (name: string, options?: ArgOptions): Arg<Regexp> =>
    arg.advised(
      make(name, 'regexp', (value) => regexpArgument(text(value)), options),
      regexpAdvice,
    ),

  /** Text with `${…}` placeholders, filled per request. */
  template: (name: string, options?: ArgOptions): Arg<Template> =>
    make(name, 'template', (value) => new Template(text(value)), options),

  /** One of some words. */
  oneOf: <const W extends string>(name: string, words: readonly W[], options?: ArgOptions): Arg<W> =>
    make(
      name,
      words.map((word) => JSON.stringify(word)).join(' | '),
      (value) => {
        const found = words.find((word) => word === value);
        if (found === undefined)
          throw new Error(
            `expected one of ${words.map((w) => JSON.stringify(w)).join(', ')}, found ${JSON.stringify(value)}`,
          );
        return found;
      },
      options,
    ),

  /** A string or a number, as it stands. */
  any: (name: string, options?: ArgOptions): Arg<ArgValue> => make(name, 'string or number', (value) => value, options),

  /** A value read by `read`, which throws an Error that says what was expected. `type` is shown in the reference. */
  custom: <T>(name: string, type: string, read: (value: ArgValue) => T, options?: ArgOptions): Arg<T> =>
    make(name, type, read, options),

  /** `inner`, with advice about values that are taken and yet hardly meant; null is none. See `Arg.advise`. */
  advised: <T>(inner: Arg<T>, advise: (value: T) => string | null): Arg<T> => ({
    ...inner,
    advise: (value) => advise(value as T),
  }),

  /** `inner` may be left out; `create` then gets `fallback` (default: undefined). Stands behind the required ones. */
  optional: optionalArg,

  /** Takes all values that are left, at least `min` (default 0) of them. Stands last. */
  rest: <T>(inner: Arg<T>, min = 0): RestArg<T> => ({
    name: inner.name,
    type: inner.type,
    optional: min === 0,
    rest: true,
    read: inner.read,
    min,
    ...(inner.doc === undefined ? {} : { doc: inner.doc }),
    ...(inner.advise === undefined ? {} : { advise: inner.advise }),
    ...(inner.mask === undefined ? {} : { mask: inner.mask }),
  }),
};

/** An argument that takes all values that are left. */
export interface RestArg<T> extends Arg<T[]> {
  /** How many values there must be. */
  readonly min: number;
}

function optionalArg<T>(inner: Arg<T>): Arg<T | undefined>;
function optionalArg<T>(inner: Arg<T>, fallback: T): Arg<T>;
function optionalArg<T>(inner: Arg<T>, fallback?: T): Arg<T | undefined> {
  return { ...inner, optional: true, ...(fallback === undefined ? {} : { fallback }) };
}
