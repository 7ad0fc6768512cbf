import { matchesGlob } from './glob.ts';

/** What a query finds in JSON: a value, or undefined where there is nothing. */
export type ClaimQuery = (value: unknown) => unknown;

/**
 * Reads a query in the part of GJSON's language that claims need: names with "." between, positions in arrays, "#" for
 * the length or for every element, `#(name=="x")` for the first element that fits and `#(…)#` for all, `[a,b]` for
 * several queries, "@this", and `@_:…` for the object itself if it fits. Comparisons: == != < <= > >= and, with the
 * wildcards * and ?, % and !%.
 * @throws Error for what is none. Source: GJSON Path Syntax.
 */
export function readClaimQuery(text: string): ClaimQuery {
  const reader = new QueryReader(text);
  const query = reader.path(END);
  if (!reader.done) throw reader.fault('the end');
  return query;
}

const END = '';
const OPERATORS = ['==', '!=', '<=', '>=', '!%', '=', '<', '>', '%'] as const;
type Operator = (typeof OPERATORS)[number];
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']' };

class QueryReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  fault(wanted: string): Error {
    const rest = JSON.stringify(this.#text.slice(this.#at));
    return new Error(`expected ${wanted} in the query ${JSON.stringify(this.#text)}, found ${rest}`);
  }

  /** Reads up to one of the characters `end`, which it leaves. */
  path(end: string): ClaimQuery {
    const step = this.#step(end);
    if (!this.#take('.') && !this.#take('|')) return step.one;
    const rest = this.path(end);
    if (step.each) return (value) => each(step.one(value), rest);
    return (value) => {
      const found = step.one(value);
      return found === undefined ? undefined : rest(found);
    };
  }

  /** One step; `each`: what follows it is asked of every element. */
  #step(end: string): { one: ClaimQuery; each: boolean } {
    if (this.#take('@_:')) return { one: when(this.#condition(end)), each: false };
    if (this.#take('@this')) return { one: (value) => value, each: false };
    if (this.#peek() === '@') throw this.fault('"@this" or "@_:"');
    if (this.#take('[')) return { one: this.#several(), each: false };
    const open = this.#peek(1);
    if (this.#peek() === '#' && (open === '(' || open === '[')) return this.#selection(open);
    if (this.#take('#')) {
      const last = this.done || end.includes(this.#peek());
      return { one: last ? lengthOf : elementsOf, each: !last };
    }
    return { one: named(this.#name(end)), each: false };
  }

  #selection(open: string): { one: ClaimQuery; each: boolean } {
    this.#at += 2;
    const close = CLOSING[open] as string;
    const fits = this.#condition(close);
    if (!this.#take(close)) throw this.fault(`"${close}"`);
    if (this.#take('#')) return { one: (value) => elementsOf(value)?.filter(fits), each: true };
    return { one: (value) => elementsOf(value)?.find(fits), each: false };
  }

  #several(): ClaimQuery {
    const queries: ClaimQuery[] = [];
    do queries.push(this.path(',]'));
    while (this.#take(','));
    if (!this.#take(']')) throw this.fault('"]"');
    return (value) => queries.map((query) => query(value)).filter((found) => found !== undefined);
  }

  #condition(end: string): (value: unknown) => boolean {
    const operand = this.#operatorHere() === undefined ? this.path(`${end}=!<>%`) : (value: unknown) => value;
    const operator = this.#operatorHere();
    if (operator === undefined) return (value) => operand(value) !== undefined;
    this.#at += operator.length;
    const compare = comparison(operator, this.#literal(end));
    return (value) => {
      const found = operand(value);
      return found !== undefined && compare(found);
    };
  }

  #operatorHere(): Operator | undefined {
    return OPERATORS.find((operator) => this.#text.startsWith(operator, this.#at));
  }

  #literal(end: string): unknown {
    if (this.#take('"')) return this.#quoted();
    const start = this.#at;
    while (!this.done && !end.includes(this.#peek())) this.#at++;
    const word = this.#text.slice(start, this.#at).trim();
    if (/^(?:true|false|null|-?\d+(?:\.\d+)?)$/.test(word)) return JSON.parse(word);
    if (word === '' || word.startsWith('~')) throw this.fault('a value');
    return word;
  }

  #quoted(): string {
    const start = this.#at;
    while (!this.done && this.#peek() !== '"') this.#at += this.#peek() === '\\' ? 2 : 1;
    const raw = this.#text.slice(start, this.#at);
    if (!this.#take('"')) throw this.fault('a closing quote');
    return raw.replace(/\\(["\\])/g, '$1');
  }

  #name(end: string): string {
    const start = this.#at;
    while (!this.done && !`.|${end}`.includes(this.#peek())) this.#at += this.#peek() === '\\' ? 2 : 1;
    if (this.#at === start) throw this.fault('a name');
    return this.#text.slice(start, this.#at);
  }

  #peek(ahead = 0): string {
    return this.#text[this.#at + ahead] ?? '';
  }

  #take(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }
}

function named(pattern: string): ClaimQuery {
  const isPattern = /(?<!\\)[*?]/.test(pattern);
  const name = pattern.replace(/\\(.)/g, '$1');
  return (value) => {
    if (Array.isArray(value)) return /^\d+$/.test(name) ? value[Number(name)] : undefined;
    if (typeof value !== 'object' || value === null) return undefined;
    const key = isPattern ? Object.keys(value).find((each) => matchesGlob(pattern, each)) : name;
    return key !== undefined && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  };
}

const when =
  (fits: (value: unknown) => boolean): ClaimQuery =>
  (value) =>
    fits(value) ? value : undefined;

const elementsOf = (value: unknown): unknown[] | undefined => (Array.isArray(value) ? value : undefined);
const lengthOf: ClaimQuery = (value) => elementsOf(value)?.length;

function each(elements: unknown, query: ClaimQuery): unknown {
  return elementsOf(elements)
    ?.map(query)
    .filter((found) => found !== undefined);
}

function comparison(operator: Operator, wanted: unknown): (found: unknown) => boolean {
  const pattern = String(wanted);
  const comparable = (found: unknown): found is string | number =>
    typeof found === typeof wanted && (typeof found === 'string' || typeof found === 'number');
  switch (operator) {
    case '=':
    case '==':
      return (found) => found === wanted;
    case '!=':
      return (found) => found !== wanted;
    case '%':
      return (found) => typeof found === 'string' && matchesGlob(pattern, found);
    case '!%':
      return (found) => typeof found === 'string' && !matchesGlob(pattern, found);
    case '<':
      return (found) => comparable(found) && found < (wanted as typeof found);
    case '<=':
      return (found) => comparable(found) && found <= (wanted as typeof found);
    case '>':
      return (found) => comparable(found) && found > (wanted as typeof found);
    case '>=':
      return (found) => comparable(found) && found >= (wanted as typeof found);
  }
}
