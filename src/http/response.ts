import { Body, type BodyInit } from './body.ts';
import { type FieldsInit, HeaderList } from './headers.ts';
import { described } from './thrown.ts';

/** What a response is made of; all but the status has a default. */
export interface ResponseInit {
  status: number;
  /** Reason phrase; default: the registered one of the status. */
  statusText?: string | null;
  headers?: FieldsInit;
  body?: BodyInit;
}

/**
 * A response on its way to the client. Response filters change it in place.
 *
 * Content-Length and Transfer-Encoding are the listener's: it frames the body by `body.length`.
 * For HEAD and 304 a Content-Length in the headers is passed on as the origin's word about the content.
 */
export class Response {
  #status: number;
  #statusText: string | null;
  #headers: HeaderList;
  #body: Body | null;

  constructor(init: ResponseInit) {
    this.#status = checkedStatus(init.status);
    this.#statusText = checkedText(init.statusText ?? null);
    this.#headers = HeaderList.from(init.headers ?? []);
    this.#body = Body.from(init.body ?? null);
  }

  /** A number from 100 to 999. @throws RangeError when it is set to something else */
  get status(): number {
    return this.#status;
  }

  set status(status: number) {
    this.#status = checkedStatus(status);
  }

  /** The reason phrase; null: the registered one of the status. */
  get statusText(): string | null {
    return this.#statusText;
  }

  set statusText(text: string | null) {
    this.#statusText = checkedText(text);
  }

  get headers(): HeaderList {
    return this.#headers;
  }

  /** Takes the place of all fields. @throws TypeError for what is no list of fields */
  set headers(fields: FieldsInit) {
    this.#headers = HeaderList.from(fields);
  }

  get body(): Body | null {
    return this.#body;
  }

  /** Gives the response other content; content not yet read is let go. @throws TypeError for what is no content */
  set body(content: BodyInit) {
    const next = Body.from(content);
    const previous = this.#body;
    this.#body = next;
    if (previous !== null && previous !== next) previous.giveWayTo(next);
  }
}

function checkedStatus(status: number): number {
  if (Number.isInteger(status) && status >= 100 && status <= 999) return status;
  throw new RangeError(`expected a status to be a number from 100 to 999, found ${described(status)}`);
}

function checkedText(text: string | null): string | null {
  if (text === null || typeof text === 'string') return text;
  throw new TypeError(`expected a reason phrase to be a string or null, found ${described(text)}`);
}
