import {
  type Balancer,
  type BodyInit,
  type Filter,
  type FilterContext,
  type Predicate,
  Request,
  transformBody,
} from '../../src/plugin/index.ts';

/** Code of others, which need not keep to any type. */
type Wild = Readonly<Record<string, unknown>> & { [key: string]: unknown };

/** What a filter does, and what its own request may come to: statuses, and 0 for a connection that was cut. */
export interface Disaster {
  readonly filter: Filter;
  readonly allowed: readonly number[];
}

const wild = (ctx: FilterContext): Wild => ctx as unknown as Wild;
const never = new Promise<void>(() => {});

/** An object that throws whatever one asks of it. */
const unreadable: unknown = new Proxy(
  {},
  {
    get() {
      throw new Error('do not look');
    },
    getPrototypeOf() {
      throw new Error('do not look');
    },
  },
);

class UnreadableError extends Error {
  override get message(): string {
    throw new Error('do not look');
  }
}

/** Values that nobody expects to be thrown. */
const THROWN: Readonly<Record<string, unknown>> = {
  null: null,
  undefined: undefined,
  'a symbol': Symbol('thrown'),
  'a proxy that throws': unreadable,
  'an error that cannot be read': new UnreadableError(),
  'an object without prototype': Object.create(null),
  'a number': 0,
};

/** Values that are none where something else is expected. */
const GARBAGE: Readonly<Record<string, unknown>> = {
  null: null,
  'a number': 5,
  'an object': {},
  'a symbol': Symbol('x'),
};

/** What hooks do to their context that it is not made for; each in both phases. */
const MISUSES: Readonly<Record<string, (ctx: FilterContext) => unknown>> = {
  ...each(GARBAGE, 'the response becomes', (value) => (ctx) => (wild(ctx)['response'] = value)),
  ...each(GARBAGE, 'the body of the request becomes', (value) => (ctx) => (ctx.request.body = value as BodyInit)),
  ...each(GARBAGE, 'the headers of the request become', (value) => (ctx) => (ctx.request.headers = value as never)),
  ...each(GARBAGE, 'the method becomes', (value) => (ctx) => (ctx.request.method = value as string)),
  ...each(GARBAGE, 'the path becomes', (value) => (ctx) => (ctx.request.path = value as string)),
  ...each(GARBAGE, 'the query becomes', (value) => (ctx) => (ctx.request.query = value as string)),
  ...each(GARBAGE, 'the host becomes', (value) => (ctx) => (ctx.request.host = value as string)),
  ...each(GARBAGE, 'a header becomes', (value) => (ctx) => ctx.request.headers.set('X-A', value as string)),
  ...each(GARBAGE, 'raw headers become', (value) => (ctx) => ctx.request.headers.raw.push(value as string)),
  ...each(GARBAGE, 'the upstream host becomes', (value) => (ctx) => (ctx.upstream.host = value as string)),
  ...each(GARBAGE, 'the hash key becomes', (value) => (ctx) => (ctx.upstream.hashKey = value as string)),
  'the time limit is none': (ctx) => (ctx.upstream.timeoutMs = Number.NaN),
  'served is garbage': (ctx) => ctx.serve(null as never),
  'served twice': (ctx) => [ctx.serve({ status: 200 }), ctx.serve({ status: 200 })],
  'served an impossible status': (ctx) => ctx.serve({ status: 1000 }),
  'served an interim status': (ctx) => ctx.serve({ status: 101 }),
  'served garbage as its body': (ctx) => ctx.serve({ status: 200, body: 7 as never }),
  'logs what is no text': (ctx) => ctx.log.info(Symbol('x') as never, { unreadable }),
  'copies to nowhere': (ctx) =>
    void ctx
      .shadow(new Request({ method: 'GET', target: '/', headers: ctx.request.headers, host: '' }), {
        origin: 'nowhere',
      })
      .catch(() => {}),
  'two loopbacks at once that nobody waits for': (ctx) =>
    void [ctx.loopback().catch(() => {}), ctx.loopback().catch(() => {})],
};

/** What hooks do to a response. */
const RESPONSE_MISUSES: Readonly<Record<string, (ctx: FilterContext) => unknown>> = {
  ...each(
    { ...GARBAGE, NaN: Number.NaN, '99': 99, '1000': 1000, '200.5': 200.5 },
    'the status becomes',
    (value) => (ctx) => (ctx.response.status = value as number),
  ),
  'the status becomes 101': (ctx) => (ctx.response.status = 101),
  ...each(GARBAGE, 'the headers of the response become', (value) => (ctx) => (ctx.response.headers = value as never)),
  ...each(GARBAGE, 'the body of the response becomes', (value) => (ctx) => (ctx.response.body = value as BodyInit)),
  ...each(GARBAGE, 'raw response headers become', (value) => (ctx) => ctx.response.headers.raw.push(value as string)),
  'the reason phrase is two lines': (ctx) => (ctx.response.statusText = 'a\r\nX-Injected: 1'),
  'serves late': (ctx) => ctx.serve({ status: 200 }),
};

/** Content that goes wrong as it is made. */
const BODIES: Readonly<Record<string, () => BodyInit>> = {
  ...each(
    THROWN,
    'a generator throws',
    (value) => () =>
      (async function* () {
        yield 'a';
        throw value;
      })(),
  ),
  ...each(
    GARBAGE,
    'a generator yields',
    (value) => () =>
      (async function* () {
        yield value as string;
      })(),
  ),
  'an iterable without an iterator': () => ({ [Symbol.asyncIterator]: () => null as never }),
  'an iterator that throws at once': () => ({
    [Symbol.asyncIterator]() {
      throw null;
    },
  }),
  'an iterator whose return throws': () => ({
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false as const, value: 5 as never }),
      return() {
        throw null;
      },
    }),
  }),
  'a source that throws': () => ({
    start() {
      throw null;
    },
    resume() {},
    cancel() {},
  }),
  'a source that goes on behind its end': () => ({
    start(sink) {
      sink.end(null);
      sink.data(Buffer.from('late'));
      sink.end(null);
      sink.fail(new Error('late'));
    },
    resume() {
      throw null;
    },
    cancel() {
      throw null;
    },
  }),
};

/** Transforms that go wrong. */
const TRANSFORMS: Readonly<Record<string, Parameters<typeof transformBody>[1]>> = {
  ...each(THROWN, 'a chunk throws', (value) => ({
    chunk() {
      throw value;
    },
  })),
  ...each(THROWN, 'a chunk rejects with', (value) => ({ chunk: () => Promise.reject(value) })),
  ...each(THROWN, 'the end throws', (value) => ({
    chunk() {},
    end() {
      throw value;
    },
  })),
  ...each(THROWN, 'close throws', (value) => ({
    chunk: (chunk, emit) => emit(chunk),
    close() {
      throw value;
    },
  })),
  ...each(GARBAGE, 'emits', (value) => ({ chunk: (_, emit) => emit(value as string) })),
  'a chunk that never ends': { chunk: () => never },
};

const FAILED = [500, 502];
/** With what a filter may come through, or not. */
const ANY = [0, 200, 400, 404, 500, 502, 504];

/** Every way in which a filter was seen, or can be thought, to go wrong. */
export const DISASTERS: Readonly<Record<string, Disaster>> = {
  ...each(THROWN, 'request throws', (value) => failing({ request: () => raise(value) })),
  ...each(THROWN, 'request rejects with', (value) => failing({ request: () => Promise.reject(value) })),
  ...each(THROWN, 'response throws', (value) => failing({ response: () => raise(value) })),
  ...each(THROWN, 'response rejects with', (value) => failing({ response: () => Promise.reject(value) })),
  'request never settles': { filter: { request: () => never }, allowed: [504] },
  'response never settles': { filter: { response: () => never }, allowed: [504] },
  'request gives a thenable that throws': failing({ request: () => thenable(() => raise(null)) }),
  'request gives what is no promise': { filter: { request: () => 5 as never }, allowed: [200] },
  'a thenable settles twice': {
    filter: { request: () => thenable((resolve) => [resolve(), resolve()]) },
    allowed: [200],
  },
  'a body is read in part': failing({
    async request({ request }) {
      for await (const _ of request.body ?? []) break;
    },
    async response({ response }) {
      for await (const _ of response.body ?? []) break;
    },
  }),
  'an iterator is left open': {
    filter: { request: ({ request }) => void request.body?.[Symbol.asyncIterator]().next() },
    allowed: [200, 500, 504],
  },
  ...each(MISUSES, 'in the request:', (misuse) => ({ filter: { request: (ctx) => void misuse(ctx) }, allowed: ANY })),
  ...each(MISUSES, 'in the response:', (misuse) => ({ filter: { response: (ctx) => void misuse(ctx) }, allowed: ANY })),
  ...each(RESPONSE_MISUSES, '', (misuse) => ({
    filter: { response: (ctx) => void misuse(ctx) },
    allowed: [0, ...FAILED, 200],
  })),
  ...each(BODIES, 'in a request:', (body) => ({
    filter: { request: (ctx) => void (ctx.request.body = body()) },
    allowed: ANY,
  })),
  ...each(BODIES, 'in a response:', (body) => ({
    filter: { response: (ctx) => void (ctx.response.body = body()) },
    allowed: ANY,
  })),
  ...each(TRANSFORMS, 'in a request:', (transform) => ({
    filter: {
      request({ request }) {
        if (request.body !== null) request.body = transformBody(request.body, transform);
      },
    },
    allowed: ANY,
  })),
  ...each(TRANSFORMS, 'in a response:', (transform) => ({
    filter: {
      response({ response }) {
        if (response.body !== null) response.body = transformBody(response.body, transform);
      },
    },
    allowed: ANY,
  })),
  'serves when the request is over': afterwards((ctx) => ctx.serve({ status: 200 })),
  'replaces the response when the request is over': afterwards((ctx) => (ctx.response = { status: 200 })),
  'goes round when the request is over': afterwards((ctx) => ctx.loopback()),
  ...each(THROWN, 'close of the filter throws', (value) => ({ filter: { close: () => raise(value) }, allowed: [200] })),
  ...each(THROWN, 'close of the filter rejects with', (value) => ({
    filter: { close: () => Promise.reject(value) },
    allowed: [200],
  })),
};

/** Predicates that go wrong: their routes are passed over. */
export const BAD_PREDICATES: Readonly<Record<string, () => Predicate>> = {
  ...each(THROWN, 'match throws', (value) => () => ({ match: () => raise(value) })),
  'match gives a promise': () => ({ match: () => Promise.reject(null) as never }),
  'close throws': () => ({ match: () => false, close: () => raise(null) }),
};

/** Balancers that go wrong. */
export const BAD_BALANCERS: Readonly<Record<string, () => Balancer>> = {
  ...each(THROWN, 'pick throws', (value) => () => ({ pick: () => raise(value) })),
  ...each(GARBAGE, 'pick gives', (value) => () => ({ pick: () => value as never })),
};

/** What looks like a promise, and keeps to nothing that one promises. */
function thenable(then: (resolve: () => void) => unknown): Promise<void> {
  return Object.defineProperty({}, 'then', { value: then }) as Promise<void>;
}

function raise(value: unknown): never {
  throw value;
}

function failing(filter: Filter): Disaster {
  return { filter, allowed: FAILED };
}

/** Uses its context when the request has long been answered; what that throws is its own affair. */
function afterwards(use: (ctx: FilterContext) => unknown): Disaster {
  const later = async (ctx: FilterContext): Promise<void> => {
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    await use(ctx);
  };
  return { filter: { request: (ctx) => void later(ctx).catch(() => {}) }, allowed: ANY };
}

function each<T, U>(of: Readonly<Record<string, T>>, about: string, make: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [`${about} ${name}`, make(value)]));
}
