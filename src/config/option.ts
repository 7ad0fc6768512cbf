import { ForwardedHeaders, NetworkSet, parseDuration } from '../plugin/index.ts';
import { splitAddress } from './address.ts';

/** What the value of an option is; a duration is kept in milliseconds, a list may be given several times or with commas. */
type OptionType = 'string' | 'int' | 'boolean' | 'duration' | 'list';

/** A row of the option table. */
export interface OptionSpec<T> {
  type: OptionType;
  fallback: T;
  /** One sentence for --help and the reference. */
  doc: string;
  /** What stands for the value in --help. */
  value?: string;
  /** Reads the value, or all values given. @throws Error that says what was expected */
  read(texts: readonly string[]): T;
}

/** Builders of rows. */
export const option = {
  string: (fallback: string, value: string, doc: string): OptionSpec<string> => ({
    type: 'string',
    fallback,
    value,
    doc,
    read: last,
  }),
  address: (fallback: string, doc: string, canBeEmpty = false): OptionSpec<string> => ({
    ...option.string(fallback, 'ADDRESS', doc),
    read(texts) {
      const text = last(texts);
      if (text !== '' || !canBeEmpty) splitAddress(text);
      return text;
    },
  }),
  /** One of some words, in any case. `also` has other spellings, with the word they stand for or why there is none. */
  oneOf: <W extends string>(
    words: readonly [W, ...W[]],
    value: string,
    doc: string,
    also: Readonly<Record<string, NoInfer<W> | { readonly refused: string }>> = {},
  ): OptionSpec<W> => ({
    type: 'string',
    fallback: words[0],
    value,
    doc,
    read(texts) {
      const given = last(texts).toLowerCase();
      const other = Object.hasOwn(also, given) ? also[given] : undefined;
      if (typeof other === 'object') throw new Error(`${other.refused}; expected one of ${words.join(', ')}`);
      const found = other ?? words.find((word) => word.toLowerCase() === given);
      return found ?? refuse(`one of ${words.join(', ')}`, texts);
    },
  }),
  int: (fallback: number, doc: string, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}): OptionSpec<number> => ({
    type: 'int',
    fallback,
    value: 'N',
    doc,
    read(texts) {
      const text = last(texts);
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      const limits = max === Number.MAX_SAFE_INTEGER ? '' : ` from ${min} to ${max}`;
      return value >= min && value <= max ? value : refuse(`a whole number${limits}`, texts);
    },
  }),
  /** A number that Skipper also takes as -1, for none. */
  count: (fallback: number, doc: string): OptionSpec<number> => ({
    ...option.int(fallback, doc),
    read: (texts) => (last(texts) === '-1' ? 0 : option.int(fallback, doc).read(texts)),
  }),
  boolean: (fallback: boolean, doc: string): OptionSpec<boolean> => ({
    type: 'boolean',
    fallback,
    doc,
    // As Go reads it. Source: strconv.ParseBool.
    read(texts) {
      const text = last(texts).toLowerCase();
      if (['true', 't', '1'].includes(text)) return true;
      return ['false', 'f', '0'].includes(text) ? false : refuse('true or false', texts);
    },
  }),
  duration: (fallback: string, doc: string): OptionSpec<number> => ({
    type: 'duration',
    fallback: parseDuration(fallback),
    value: 'DURATION',
    doc,
    read: (texts) => parseDuration(last(texts)),
  }),
  list: (value: string, doc: string): OptionSpec<string[]> => ({
    type: 'list',
    fallback: [],
    value,
    doc,
    read: itemsOf,
  }),
  /** Ascending numbers above 0. */
  numbers: (value: string, doc: string): OptionSpec<number[]> => ({
    type: 'list',
    fallback: [],
    value,
    doc,
    read(texts) {
      const numbers = itemsOf(texts).map(Number);
      const isAscending = numbers.every((each, at) => each > (numbers[at - 1] ?? 0) && each < Number.POSITIVE_INFINITY);
      return isAscending ? numbers : refuse('ascending numbers above 0, such as 0.01,0.1,1', texts);
    },
  }),
  /** The first part of the names of metrics; a "." or "_" at its end, which Skipper's flag has, goes. */
  metricsPrefix: (fallback: string, doc: string): OptionSpec<string> => ({
    ...option.string(fallback, 'PREFIX', doc),
    read(texts) {
      const prefix = last(texts).replace(/[._]$/, '');
      return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(prefix) ? prefix : refuse('a name such as "sluice" or "skipper."', texts);
    },
  }),
  /** Filters in eskip; those of several flags one behind the other. */
  filters: (doc: string): OptionSpec<string> => ({
    ...option.string('', 'FILTERS', doc),
    read: (texts) => texts.filter((each) => each.trim() !== '').join(' -> '),
  }),
  networks: (doc: string): OptionSpec<string[]> => checkedList('CIDR', doc, (cidrs) => new NetworkSet(cidrs)),
  forwardedHeaders: (doc: string): OptionSpec<string[]> =>
    checkedList('HEADER', doc, (headers) => new ForwardedHeaders(headers, new NetworkSet([]))),
};

function itemsOf(texts: readonly string[]): string[] {
  return texts.flatMap((each) => each.split(',')).filter((each) => each !== '');
}

/** A list that `check` throws at where it is not as it should be. */
function checkedList(value: string, doc: string, check: (values: readonly string[]) => unknown): OptionSpec<string[]> {
  const list = option.list(value, doc);
  return {
    ...list,
    read(texts) {
      const values = list.read(texts).map((each) => each.trim());
      check(values);
      return values;
    },
  };
}

function last(texts: readonly string[]): string {
  return texts[texts.length - 1] as string;
}

function refuse(expected: string, texts: readonly string[]): never {
  throw new Error(`expected ${expected}, found ${JSON.stringify(last(texts))}`);
}
