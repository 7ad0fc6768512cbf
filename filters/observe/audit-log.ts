import {
  arg,
  authRejectReason,
  authUser,
  type BearerPayload,
  type Body,
  bearerPayload,
  defineFilter,
  type Emit,
  type FilterContext,
  stateKey,
  transformBody,
  unverifiedAudit,
} from '../../src/plugin/index.ts';

/** The beginning of a request body, as far as it has streamed by. */
class Excerpt {
  readonly #chunks: Uint8Array[] = [];
  #leftBytes: number;

  constructor(maxBytes: number) {
    this.#leftBytes = maxBytes;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  /** The body to send on, which leaves its beginning here. */
  follow(body: Body): Body {
    if (body.fixed !== null) {
      this.#keep(body.fixed);
      return body;
    }
    const chunk = (each: Uint8Array, emit: Emit): void => {
      if (this.#leftBytes > 0) this.#keep(each);
      emit(each);
    };
    return transformBody(body, { chunk }, body.length);
  }

  #keep(chunk: Uint8Array): void {
    const part = chunk.subarray(0, this.#leftBytes);
    this.#leftBytes -= part.length;
    // A copy, so that a few bytes do not keep a whole chunk in memory.
    this.#chunks.push(Buffer.from(part));
  }
}

function writeAudit({ request, response, state, log }: FilterContext, requestBody: string): void {
  const user = state.get(authUser);
  const reason = state.get(authRejectReason);
  const authStatus = { ...(user && { user }), rejected: reason !== undefined, ...(reason && { reason }) };
  log.info('audit', {
    method: request.method,
    path: request.decodedPath,
    status: response.status,
    ...(user === undefined && reason === undefined ? {} : { authStatus }),
    ...(requestBody === '' ? {} : { requestBody }),
  });
}

/** Says who did what. */
export const auditLog = defineFilter({
  name: 'auditLog',
  summary: 'Writes who asked for what, with what result and with the beginning of the body, to the application log.',
  details: `One line of level info per request, its message "audit": method, decoded path, status, the request body as UTF-8 text, and, where an authentication filter to its right let the request pass or refused it, user, rejected and reason. What of the body was read by the time of the response is shown. Bodies may hold passwords and personal data.

Differences from Skipper: the line goes to the application log, not always to standard error; the bound of the body is an argument, not an option of the process; the rest of the body of a request that was refused is not fetched for the sake of the log.`,
  args: [arg.optional(arg.int('maxBodyBytes', { min: 0, max: 1_048_576, doc: 'how much of the body is shown' }), 1024)],
  source: 'Skipper',
  examples: [
    {
      route: '* -> auditLog() -> "http://origin.example"',
      request: { method: 'POST', body: 'amount=7' },
      upstream: { body: 'amount=7' },
      response: { status: 200 },
    },
  ],
  create: ([maxBodyBytes]) => {
    const excerpts = stateKey<Excerpt>('auditLog excerpt');
    return {
      request({ request, state }) {
        if (request.body === null || maxBodyBytes === 0) return;
        const excerpt = new Excerpt(maxBodyBytes);
        state.set(excerpts, excerpt);
        request.body = excerpt.follow(request.body);
      },
      response: (ctx) => writeAudit(ctx, ctx.state.get(excerpts)?.text ?? ''),
    };
  },
});

const HEADER = 'X-Unverified-Audit';
const PLAIN = /^[a-zA-Z0-9_/:?=&%@.#-]*$/;
/** What stands for a claim with other characters, which could forge a line. */
const ODD = '<invalid-sub>';

function subjectOf(payload: BearerPayload | null, claims: readonly string[]): string | null {
  if (payload === null) return null;
  for (const claim of claims) {
    const value = Object.hasOwn(payload, claim) ? payload[claim] : undefined;
    if (typeof value === 'string') return PLAIN.test(value) ? value : ODD;
  }
  return null;
}

/** Says who the client claims to be. */
export const unverifiedAuditLog = defineFilter({
  name: 'unverifiedAuditLog',
  summary: 'Sends the first of these claims of the bearer token to the backend and to the access log, unverified.',
  details: `The claim goes into the request header ${HEADER} and into the last field of the access log's line. Nobody has checked the token's signature: the claim is what the client says. A value with other characters than letters, digits and _/:?=&%@.#- becomes ${ODD}.

Differences from Skipper: what the client itself sends as ${HEADER} never passes; Skipper puts the claim behind it.`,
  args: [arg.rest(arg.string('claim', { doc: 'default: "sub"' }))],
  source: 'Skipper',
  examples: [
    {
      route: '* -> unverifiedAuditLog("email", "sub") -> "http://origin.example"',
      request: { headers: { Authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.c2ln' } },
      upstream: { headers: { [HEADER]: 'ada' } },
    },
    {
      title: 'Without a token the header is not there',
      route: '* -> unverifiedAuditLog() -> "http://origin.example"',
      request: { headers: { [HEADER]: 'root' } },
      upstream: { headers: { [HEADER]: null } },
    },
  ],
  create: ([named]) => {
    const claims = named.length === 0 ? ['sub'] : named;
    return {
      request({ request: { headers }, state }) {
        const subject = subjectOf(bearerPayload(headers), claims);
        headers.assert(HEADER, subject);
        if (subject !== null) state.set(unverifiedAudit, subject);
      },
    };
  },
});
