import {
  ArgError,
  type ArgValues,
  arg,
  defineFilter,
  type Filter,
  type FilterContext,
  HeaderList,
  Request,
  readAddress,
  type ShadowTarget,
  teeBody,
} from '../../src/plugin/index.ts';

/** Marks the requests that tee, teenf and teeResponse send, so that one that comes back is known. */
const MARK = 'X-Sluice-Shadow';
/** How far a copy may lag behind before it is cut. */
const MAX_LAG_BYTES = 1_048_576;
const MAX_REDIRECTS = 10;
/** Copies of one filter and thread under way at once: a slow server must not use up the connections of the proxy. */
const MAX_UNDER_WAY = 256;
/** A dead server must not fill the log. */
const LOG_EVERY_MS = 10_000;

const BESIDE = `The copy's answer is read and thrown away. The client's own request never waits for the copy and never fails by it: a copy whose server reads more than ${MAX_LAG_BYTES / 1024} KiB slower than the backend is cut off, and it ends where the backend stops reading. While ${MAX_UNDER_WAY} copies of a filter and thread are under way no more are made. Failures of copies are logged, a line every 10 seconds at most.`;

const MARKED = `A copy bears the header ${MARK}; a request that has it and meets such a filter again is in a loop and is answered 508.`;

/** Where copies go: an http or https server, and the path and query of the URL that was given. */
interface Server {
  readonly origin: string;
  readonly authority: string;
  readonly target: string;
}

const server = arg.custom('url', 'url', (value): Server => {
  const text = String(value);
  const [, base = text, target = ''] = /^([^/?#]*:\/\/[^/?#]*)([^#]*)$/.exec(text) ?? [];
  const { origin, authority } = readAddress(base);
  return { origin, authority, target: target.startsWith('/') ? target : `/${target}` };
});

/** The copy of the request as it is now, its body doubled; null for one that asks for an upgrade. */
function copyOf({ request }: FilterContext): Request | null {
  const { body } = request;
  if (request.upgrade !== null) return null;
  if (body === null) return request.copy(null);
  const { main, copy } = teeBody(body, MAX_LAG_BYTES);
  request.body = main;
  return request.copy(copy);
}

/** Sends copies and tells the log of failures, not of each one. */
class Sender {
  #underWay = 0;
  #failures = 0;
  #loggedAt = Number.NEGATIVE_INFINITY;

  /** Says whether another copy may be sent now. */
  admits(ctx: FilterContext): boolean {
    if (this.#underWay < MAX_UNDER_WAY) return true;
    this.#failed(ctx, new Error('too many copies are under way'));
    return false;
  }

  /** Sends a copy; never throws. With `follows`, redirects of a copy without content are followed. */
  async send(ctx: FilterContext, copy: Request, to: ShadowTarget, follows = false): Promise<void> {
    this.#underWay++;
    try {
      let at: Hop = { copy, to };
      for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
        const { status, headers } = await ctx.shadow(at.copy, at.to);
        const next = follows ? redirected(at, status, headers.get('Location')) : null;
        if (next === null) return;
        at = next;
      }
    } catch (error) {
      this.#failed(ctx, error as Error);
    } finally {
      this.#underWay--;
    }
  }

  #failed({ log }: FilterContext, { message }: Error): void {
    this.#failures++;
    const now = performance.now();
    if (now - this.#loggedAt < LOG_EVERY_MS) return;
    log.warn('copies of requests failed', { failures: this.#failures, last: message });
    this.#loggedAt = now;
    this.#failures = 0;
  }
}

/** A copy and where it goes. */
interface Hop {
  readonly copy: Request;
  readonly to: ShadowTarget;
}

/** Where a redirect leads; null where there is none, or none that can be followed. */
function redirected({ copy, to }: Hop, status: number, location: string | null): Hop | null {
  if (!REDIRECTS.has(status) || location === null || copy.body !== null || !('origin' in to)) return null;
  const url = URL.parse(location, `${to.origin}${copy.target}`);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  const next = copy.copy(null);
  next.path = url.pathname;
  next.query = url.search === '' ? null : url.search.slice(1);
  if (url.origin !== to.origin) for (const name of CREDENTIALS) next.headers.delete(name);
  return { copy: next, to: { origin: url.origin } };
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const CREDENTIALS = ['Authorization', 'Cookie', 'Proxy-Authorization'];

const teeArgs = [
  server,
  arg.optional(arg.regexp('expression', { doc: 'what to replace in the decoded path of the copy' })),
  arg.optional(arg.string('replacement')),
] as const;

function teeTo({ origin, authority }: Server, changePath: (path: string) => string, follows: boolean): Filter {
  const sender = new Sender();
  return {
    request(ctx) {
      if (ctx.request.headers.has(MARK)) {
        ctx.serve({ status: 508, body: 'Loop Detected: this request is a copy already\n' });
        return;
      }
      const copy = sender.admits(ctx) ? copyOf(ctx) : null;
      if (copy === null) return;
      const path = changePath(copy.decodedPath);
      if (path !== copy.decodedPath) copy.decodedPath = path;
      copy.headers.set(MARK, authority);
      void sender.send(ctx, copy, { origin }, follows);
    },
  };
}

function teeFilter([to, expression, replacement]: ArgValues<typeof teeArgs>, follows: boolean): Filter {
  if (expression === undefined) return teeTo(to, (path) => path, follows);
  if (replacement === undefined) throw new ArgError('expected a replacement after the expression', -1);
  return teeTo(to, expression.replacer(replacement), follows);
}

const TEE = `${BESIDE} The copy has the method, the headers and the body as they are at this place in the chain, and the Host of the server; what follows the host in the URL is left out. Requests that ask for an upgrade are not copied. ${MARKED}

Differences from Skipper: the client's own request does not get the mark, so that two gateways behind each other may both copy; the mark has another name, and the status is 508, not 465; there is no time limit of one second; servers are not mixed up by sharing clients.`;

/** Sends a copy of the request to another server. */
export const tee = defineFilter({
  name: 'tee',
  summary: 'Sends a copy of the request to another server, too; redirects are followed.',
  details: `${TEE} Up to ${MAX_REDIRECTS} redirects are followed for copies without a body; another server does not get Authorization and Cookie.`,
  args: teeArgs,
  source: 'Skipper',
  aliases: ['Tee'],
  examples: [
    {
      title: 'A server that does not answer harms nobody',
      route: '* -> tee("http://127.0.0.1:1") -> "http://origin.example"',
      request: { method: 'POST', body: 'order' },
      upstream: { body: 'order', headers: { [MARK]: null } },
      response: { status: 200 },
    },
    {
      title: 'With another path for the copy',
      route: '* -> tee("http://127.0.0.1:1", "^/v1", "/v2") -> "http://origin.example"',
      request: { target: '/v1/users' },
      upstream: { target: '/v1/users' },
    },
    {
      title: 'A copy that comes back',
      route: '* -> tee("http://127.0.0.1:1") -> "http://origin.example"',
      request: { headers: { [MARK]: 'shadow.example.org' } },
      response: { status: 508 },
      upstream: null,
    },
  ],
  create: (values) => teeFilter(values, true),
});

/** As tee, without following redirects. */
export const teenf = defineFilter({
  name: 'teenf',
  summary: 'Sends a copy of the request to another server, too; redirects are not followed.',
  details: TEE,
  args: teeArgs,
  source: 'Skipper',
  examples: [
    {
      route: '* -> teenf("http://127.0.0.1:1") -> "http://origin.example"',
      request: { target: '/a' },
      upstream: { target: '/a' },
      response: { status: 200 },
    },
  ],
  create: (values) => teeFilter(values, false),
});

/** Sends a copy of the request through the routes. */
export const teeLoopback = defineFilter({
  name: 'teeLoopback',
  summary: 'Routes a copy of the request through the table, too, where the predicate Tee finds it by the label.',
  details: `${BESIDE} The copy goes in as the request is at this place in the chain. A copy is not copied again by this filter, so that one that finds its way back to the same route goes round once. It gets no line in the access log.

Difference from Skipper: the label travels inside the proxy, not in a header that any client can send.`,
  args: [
    arg.custom('label', 'string', (value) => {
      if (typeof value === 'string' && value !== '') return value;
      throw new Error(`expected a label, found ${JSON.stringify(value)}`);
    }),
  ],
  source: 'Skipper',
  examples: [
    {
      title: 'A tenth of the traffic to the next version as well',
      route: `main: * -> "http://origin.example";
some: Traffic(0.1) -> teeLoopback("next") -> "http://origin.example";
next: Tee("next") -> status(204) -> <shunt>;`,
      request: { target: '/a' },
      upstream: { target: '/a' },
      response: { status: 200 },
    },
  ],
  create: ([label]) => {
    const sender = new Sender();
    return {
      request(ctx) {
        const copy = ctx.request.shadowLabel === null && sender.admits(ctx) ? copyOf(ctx) : null;
        if (copy !== null) void sender.send(ctx, copy, { label });
      },
    };
  },
});

/** Sends a copy of the response body to another server. */
export const teeResponse = defineFilter({
  name: 'teeResponse',
  summary: 'Posts a copy of the response body to another server, while the client gets it.',
  details: `${BESIDE} The request is a POST with the body as it is at this place in the chain, its Content-Type and its Content-Encoding; responses without a body are left out. ${MARKED.replace(' and is answered 508', ' and is not copied again')}

Difference from Skipper: path and query of the URL count.`,
  args: [server],
  source: 'Skipper',
  examples: [
    {
      route: '* -> teeResponse("http://127.0.0.1:1/responses") -> "http://origin.example"',
      origin: { body: 'hello' },
      response: { status: 200, body: 'hello' },
    },
  ],
  create: ([{ origin, authority, target }]) => {
    const sender = new Sender();
    return {
      response(ctx) {
        const { body, headers: from } = ctx.response;
        if (body === null || body.length === 0 || ctx.request.headers.has(MARK) || !sender.admits(ctx)) return;
        const { main, copy } = teeBody(body, MAX_LAG_BYTES);
        ctx.response.body = main;
        const headers = HeaderList.of([[MARK, authority]]);
        for (const name of ['Content-Type', 'Content-Encoding']) {
          const value = from.get(name);
          if (value !== null) headers.set(name, value);
        }
        const post = new Request({ method: 'POST', target, headers, body: copy, host: authority });
        void sender.send(ctx, post, { origin });
      },
    };
  },
});
