import { HeaderList, NO_METRICS, Request } from '../../plugin/index.ts';
import { builtinPredicates } from '../../predicates/index.ts';
import { type CallRecord, Registry } from '../../routes/index.ts';
import { type ProvisionEnv, provisionRoute, type Route, RoutingTable } from '../index.ts';

/** How the routes of a table differ. */
export type TableKind = 'paths' | 'wildcards' | 'hosts-same-path' | 'hosts-without-path' | 'host-regexps';

/** All kinds of tables. */
export const TABLE_KINDS: readonly TableKind[] = [
  'paths',
  'wildcards',
  'hosts-same-path',
  'hosts-without-path',
  'host-regexps',
];

const PREDICATES: Readonly<Record<TableKind, (n: number) => CallRecord[]>> = {
  paths: (n) => [
    ['Path', `/api/things/${n}`],
    ['Method', 'GET'],
  ],
  wildcards: (n) => [
    ['Path', `/api/${n}/:id/parts`],
    ['Method', 'GET'],
  ],
  'hosts-same-path': (n) => [
    ['Path', '/api/things'],
    ['HostAny', `tenant-${n}.example.org`],
  ],
  'hosts-without-path': (n) => [
    ['HostAny', `tenant-${n}.example.org`],
    ['Method', 'GET'],
  ],
  'host-regexps': (n) => [['Host', `^tenant-${n}[.]example[.]org$`]],
};

const TARGETS: Readonly<Record<TableKind, (n: number) => string>> = {
  paths: (n) => `/api/things/${n}`,
  wildcards: (n) => `/api/${n}/17/parts`,
  'hosts-same-path': () => '/api/things',
  'hosts-without-path': () => '/api/things',
  'host-regexps': () => '/api/things',
};

/** What a lookup costs in one table. */
export interface LookupFigures {
  /** Median where requests ask for ten routes spread over the table, in ns: what its size adds to the work. */
  medianNs: number;
  /** Median where requests ask for any route at random, in ns: beyond the CPU's caches, mostly waiting for memory. */
  scatteredNs: number;
  /** Heap per route, in bytes: instances, index, table. */
  routeBytes: number;
}

const BATCH = 200;
const BATCHES = 400;

/**
 * Looks up random routes of a table of `count` routes. Requests are new ones, whose strings nobody has hashed yet.
 * @throws Error when a request does not find its route.
 */
export function benchLookup(kind: TableKind, count: number): LookupFigures {
  const before = heapBytes();
  const table = filled(kind, count);
  const routeBytes = (heapBytes() - before) / count;
  const random = xorshift(count);
  const scatteredNs = medianLookup(kind, table, () => random() % count);
  const medianNs = medianLookup(kind, table, () => Math.floor(((random() % 10) * count) / 10));
  return { medianNs, scatteredNs, routeBytes };
}

function medianLookup(kind: TableKind, table: RoutingTable<null>, next: () => number): number {
  const times: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const numbers = Array.from({ length: BATCH }, next);
    const requests = numbers.map((n) => request(kind, n));
    const began = performance.now();
    for (const each of requests) table.lookup(each);
    times.push(((performance.now() - began) * 1e6) / BATCH);
    const [first] = requests as [Request];
    if (table.lookup(first)?.route.id !== `route${numbers[0]}`) throw new Error(`${kind}: no route for ${first.path}`);
  }
  return median(times.slice(BATCHES / 4));
}

/** What a change of a table costs, in ms: `slices` are the calls of prepare with their provisioning. */
export interface ChangeFigures {
  totalMs: number;
  longestSliceMs: number;
  longestTidyMs: number;
  commitMs: number;
}

/** Replaces every tenth route of a table of `count`, in slices of `sliceRoutes`. */
export function benchChange(kind: TableKind, count: number, sliceRoutes = 64): ChangeFigures {
  const table = filled(kind, count);
  const numbers = Array.from({ length: count / 10 }, (_, n) => n * 10);
  const slices: number[] = [];
  for (let at = 0; at < numbers.length; at += sliceRoutes) {
    slices.push(
      timed(() => {
        const put = numbers.slice(at, at + sliceRoutes).map((n) => route(kind, n));
        table.prepare(2, { put });
      }),
    );
  }
  const commitMs = timed(() => table.commit(2));
  const tidies: number[] = [];
  for (let more = true; more; ) tidies.push(timed(() => (more = table.collectGarbage())));
  const totalMs = [...slices, ...tidies].reduce((sum, ms) => sum + ms, commitMs);
  return { totalMs, longestSliceMs: Math.max(...slices), longestTidyMs: Math.max(...tidies), commitMs };
}

const registry = new Registry();
for (const spec of builtinPredicates) registry.predicates.add(spec);
const ignore = (): void => {};
const env: ProvisionEnv<null> = {
  registry,
  predicateEnv: { draining: () => false },
  filterEnv: (routeId) => ({
    routeId,
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    metrics: NO_METRICS,
  }),
  makeBackend: () => null,
};

function filled(kind: TableKind, count: number): RoutingTable<null> {
  const table = new RoutingTable<null>();
  for (let at = 0; at < count; at += 64) {
    const size = Math.min(64, count - at);
    table.prepare(1, { put: Array.from({ length: size }, (_, n) => route(kind, at + n)) });
  }
  table.commit(1);
  return table;
}

function route(kind: TableKind, n: number): Route<null> {
  const predicates = PREDICATES[kind](n);
  return provisionRoute({ id: `route${n}`, order: n, predicates, filters: [], backend: { kind: 'shunt' } }, env);
}

function request(kind: TableKind, n: number): Request {
  const headers = new HeaderList(['Accept', '*/*', 'User-Agent', 'bench']);
  return new Request({
    method: 'GET',
    target: received(TARGETS[kind](n)),
    host: received(`tenant-${n}.example.org`),
    headers,
  });
}

/** The text as a parser gives it: a string of its own. */
function received(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function timed(run: () => void): number {
  const began = performance.now();
  run();
  return performance.now() - began;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Pseudo-random integers, always the same for one seed. */
function xorshift(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
