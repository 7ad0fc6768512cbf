import {
  arg,
  type Body,
  type BodyTransform,
  defineFilter,
  type Emit,
  type FilterContext,
  transformBody,
} from '../../src/plugin/index.ts';

/** Writes bodies to the application log. */
export const logBody = defineFilter({
  name: 'logBody',
  summary: 'Writes the beginning of the request or response body to the application log.',
  details:
    'A line for each chunk as it streams by, level info, with its text as UTF-8 and the flow id (X-Flow-Id) where there is one. Bodies may hold passwords and personal data.',
  source: 'Skipper',
  args: [
    arg.oneOf('which', ['request', 'response']),
    arg.int('limit', { min: 0, doc: 'how many bytes of a body to write' }),
  ],
  examples: [
    {
      route: '* -> logBody("response", 1024) -> "http://origin.example"',
      origin: { body: 'seen' },
      response: { status: 200, body: 'seen' },
    },
    {
      route: '* -> logBody("request", 2) -> "http://origin.example"',
      request: { method: 'POST', body: 'seen' },
      upstream: { body: 'seen' },
    },
  ],
  create: ([which, limit]) =>
    which === 'request'
      ? {
          request(ctx) {
            if (ctx.request.body !== null) ctx.request.body = watched(ctx.request.body, new Scribe(ctx, which, limit));
          },
        }
      : {
          response(ctx) {
            if (ctx.response.body !== null)
              ctx.response.body = watched(ctx.response.body, new Scribe(ctx, which, limit));
          },
        },
});

function watched(body: Body, scribe: BodyTransform): Body {
  return transformBody(body, scribe, body.length);
}

class Scribe implements BodyTransform {
  readonly #ctx: FilterContext;
  readonly #which: string;
  #left: number;

  constructor(ctx: FilterContext, which: string, limit: number) {
    this.#ctx = ctx;
    this.#which = which;
    this.#left = limit;
  }

  chunk(chunk: Uint8Array, emit: Emit): void {
    if (this.#left > 0) {
      const part = chunk.subarray(0, this.#left);
      this.#left -= part.length;
      const flowId = this.#ctx.request.headers.get('X-Flow-Id');
      const chunkText = Buffer.from(part).toString('utf8');
      this.#ctx.log.info(`${this.#which} body`, flowId === null ? { chunk: chunkText } : { flowId, chunk: chunkText });
    }
    emit(chunk);
  }
}
