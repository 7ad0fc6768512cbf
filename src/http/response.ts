import { Body, type BodyInit } from './body.ts';
import { HeaderList } from './headers.ts';

/** What a response is made of; all but the status has a default. */
export interface ResponseInit {
  status: number;
  /** Reason phrase; default: the registered one of the status. */
  statusText?: string | null;
  headers?: HeaderList | Readonly<Record<string, string | readonly string[]>>;
  body?: BodyInit;
}

/**
 * A response on its way to the client. Response filters change it in place.
 *
 * Content-Length and Transfer-Encoding are the listener's: it frames the body by `body.length`.
 * For HEAD and 304 a Content-Length in the headers is passed on as the origin's word about the content.
 */
export class Response {
  status: number;
  statusText: string | null;
  headers: HeaderList;
  #body: Body | null;

  constructor(init: ResponseInit) {
    this.status = init.status;
    this.statusText = init.statusText ?? null;
    const { headers } = init;
    this.headers =
      headers === undefined ? new HeaderList() : headers instanceof HeaderList ? headers : HeaderList.of(headers);
    this.#body = Body.from(init.body ?? null);
  }

  get body(): Body | null {
    return this.#body;
  }

  /** Gives the response other content; content not yet read is let go. */
  set body(content: BodyInit) {
    const next = Body.from(content);
    const previous = this.#body;
    this.#body = next;
    if (previous !== null && previous !== next) previous.discard(new Error('the response got another body'));
  }
}
