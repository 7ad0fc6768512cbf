/** One answer as a client reads it off a connection; strict, for only Sluice wrote it. */
export interface Answer {
  status: number;
  fields: string[];
  content: string;
  trailers: string[];
  /** It came to its end, as its framing tells it. */
  isWhole: boolean;
  endsConnection: boolean;
}

/** How a connection stands: open, closed in order, or reset. */
export type Ending = 'open' | 'end' | 'reset';

const STATUS_LINE = /^HTTP\/1\.1 ([1-9]\d{2}) [\t\x20-\x7e\x80-\xff]*$/;
const FIELD_LINE =
  /^([!#$%&'*+.^_`|~\dA-Za-z-]+): ((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)$/;
const CHUNK_SIZE = /^[1-9a-f][\da-f]*$|^0$/;

/** The answers, interim ones included, to requests of these methods; the last may not be whole. @throws Error when torn */
export function readAnswers(received: string, methods: readonly string[], ending: Ending): Answer[] {
  const reader = new Reader(received, ending);
  const answers: Answer[] = [];
  for (let at = 0; !reader.isAtEnd; ) {
    if (at >= methods.length) throw new Error(`there is more than was asked for: ${reader.rest}`);
    const answer = reader.answer(methods[at] as string);
    if (answer === null) break;
    answers.push(answer);
    if (answer.status >= 200) at++;
    if (!answer.isWhole) break;
  }
  return answers;
}

class Reader {
  readonly #text: string;
  readonly #ending: Ending;
  #at = 0;

  constructor(text: string, ending: Ending) {
    this.#text = text;
    this.#ending = ending;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  get rest(): string {
    return JSON.stringify(this.#text.slice(this.#at));
  }

  /** Null while the head is not whole. */
  answer(method: string): Answer | null {
    const line = this.#line();
    if (line === null) return null;
    const status = Number(STATUS_LINE.exec(line)?.[1] ?? this.#tear(line));
    const fields = this.#fields();
    if (fields === null) return null;
    const answer = { status, fields, content: '', trailers: [], isWhole: true, endsConnection: hasClose(fields) };
    if (status >= 200 && status !== 204 && status !== 304 && method !== 'HEAD') this.#content(answer);
    else if (status < 200 && valuesOf(fields, 'content-length').length > 0)
      this.#tear('an interim response with a length');
    return answer;
  }

  #content(answer: Answer): void {
    const [length, ...lengths] = valuesOf(answer.fields, 'content-length');
    const [coding, ...codings] = valuesOf(answer.fields, 'transfer-encoding');
    if (lengths.length + codings.length > 0 || (length !== undefined && coding !== undefined))
      this.#tear('two framings');
    if (coding !== undefined) this.#chunks(answer);
    else if (length !== undefined) {
      if (!/^\d+$/.test(length)) this.#tear(`length ${length}`);
      answer.content = this.#text.slice(this.#at, this.#at + Number(length));
      answer.isWhole = answer.content.length === Number(length);
      this.#at += answer.content.length;
    } else {
      answer.content = this.#text.slice(this.#at);
      answer.isWhole = this.#ending === 'end';
      this.#at = this.#text.length;
    }
  }

  #chunks(answer: Answer): void {
    answer.isWhole = false;
    for (;;) {
      const line = this.#line();
      if (line === null) return;
      if (!CHUNK_SIZE.test(line)) this.#tear(line);
      const size = Number.parseInt(line, 16);
      if (size === 0) break;
      const chunk = this.#text.slice(this.#at, this.#at + size);
      answer.content += chunk;
      this.#at += chunk.length;
      if (this.#text.length < this.#at + 2) return;
      if (this.#line() !== '') this.#tear('a chunk without its end');
    }
    const trailers = this.#fields();
    if (trailers === null) return;
    answer.trailers = trailers;
    answer.isWhole = true;
  }

  #fields(): string[] | null {
    const fields: string[] = [];
    for (;;) {
      const line = this.#line();
      if (line === null) return null;
      if (line === '') return fields;
      const [, name, value] = FIELD_LINE.exec(line) ?? this.#tear(line);
      fields.push(name as string, value as string);
    }
  }

  /** The next line, or null when it is not whole. */
  #line(): string | null {
    const end = this.#text.indexOf('\r\n', this.#at);
    if (end < 0) return null;
    const line = this.#text.slice(this.#at, end);
    this.#at = end + 2;
    return line;
  }

  #tear(what: string): never {
    throw new Error(`torn: ${JSON.stringify(what)} before ${this.rest}`);
  }
}

function hasClose(fields: readonly string[]): boolean {
  return valuesOf(fields, 'connection').some((value) => /\bclose\b/i.test(value));
}

function valuesOf(fields: readonly string[], lowerName: string): string[] {
  return fields.filter((_, at) => at % 2 === 1 && fields[at - 1]?.toLowerCase() === lowerName);
}
