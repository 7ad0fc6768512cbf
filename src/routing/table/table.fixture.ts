import {
  arg,
  defineFilter,
  definePredicate,
  type Filter,
  type FilterEnv,
  HeaderList,
  NO_METRICS,
  type Predicate,
  Request,
} from '../../plugin/index.ts';
import { Registry, type RouteRecord, readDocument, recordOf } from '../../routes/index.ts';
import { type ProvisionEnv, provisionRoute, type Route, RoutingTable } from '../index.ts';

/** The backend of tests: an object of its own for each route, so that closing it can be counted. */
export interface TestBackend {
  readonly routeId: string;
}

/** Counts what was created and closed. */
export class Accounts {
  readonly open = new Set<object>();
  created = 0;
  readonly faults: string[] = [];

  opened<T extends object>(instance: T): T {
    this.open.add(instance);
    this.created++;
    return instance;
  }

  closed(instance: object): void {
    if (!this.open.delete(instance)) this.faults.push('closed twice');
  }
}

function simple(
  name: string,
  args: Parameters<typeof definePredicate>[0]['args'],
  make: (...args: never[]) => Predicate,
) {
  return definePredicate({
    name,
    summary: '',
    args,
    examples: [],
    create: (values) => make(...(values as never[])),
  });
}

/** A registry of small predicates and filters, whose instances are entered in `accounts`. */
export function testRegistry(accounts: Accounts): Registry {
  const registry = new Registry();
  const text = arg.string('text');
  for (const spec of [
    simple('Path', [text], (pattern: string) => ({
      match: neverAsked,
      index: { kind: 'path', pattern, subtree: false },
    })),
    simple('PathSubtree', [text], (pattern: string) => ({
      match: neverAsked,
      index: { kind: 'path', pattern, subtree: true },
    })),
    simple('HostIs', [arg.rest(text, 1)], (hosts: string[]) => ({
      match: ({ host }) => hosts.includes(host),
      index: { kind: 'host', hosts },
    })),
    simple('HostEnd', [text], (suffix: string) => ({
      match: ({ host }) => host.endsWith(suffix),
      index: { kind: 'host-suffix', suffix },
    })),
    simple('PathBegin', [text], (prefix: string) => ({
      match: ({ matchPath }) => matchPath.startsWith(prefix),
      index: { kind: 'path-prefix', prefix },
    })),
    simple('Header', [text, text], (name: string, value: string) => ({
      match: ({ headers }) => headers.getAll(name).includes(value),
      index: { kind: 'header', name, value },
    })),
    simple('Method', [text], (method: string) => ({
      match: (request) => request.method === method,
      index: { kind: 'method', methods: [method] },
    })),
    simple('Weight', [arg.int('weight')], (weight: number) => ({ match: () => true, weight })),
    simple('True', [], () => ({ match: () => true })),
    simple('First', [], () => ({ match: () => true, weight: 0, isFirst: true })),
    simple('Lot', [], () => ({ match: () => false, drawsLots: true })),
    simple('False', [], () => ({ match: () => false })),
    simple('Closing', [arg.rest(arg.any('any'))], () => {
      const predicate: Predicate = { match: () => true, close: () => accounts.closed(predicate) };
      return accounts.opened(predicate);
    }),
    simple('Broken', [], () => {
      throw new Error('broken on purpose');
    }),
  ]) {
    registry.predicates.add(spec);
  }
  registry.filters.add(
    defineFilter({
      name: 'closing',
      summary: '',
      args: [arg.rest(arg.any('any'))],
      examples: [],
      create: () => {
        const filter: Filter = { close: () => accounts.closed(filter) };
        return accounts.opened(filter);
      },
    }),
  );
  registry.filters.add({ ...registry.filters.get('closing')!, name: 'broken', create: fail });
  return registry;
}

function fail(): never {
  throw new Error('broken on purpose');
}

function neverAsked(): never {
  throw new Error('the trie decides about paths');
}

/** An environment whose backends are entered in `accounts` too. */
export function testEnv(accounts: Accounts, registry = testRegistry(accounts)): ProvisionEnv<TestBackend> {
  const ignore = () => {};
  const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  return {
    registry,
    predicateEnv: { draining: () => false },
    filterEnv: (routeId): FilterEnv => ({ routeId, log, metrics: NO_METRICS }),
    makeBackend: (record, routeId) => {
      if (record.kind === 'forward') throw new Error('no forward here');
      return accounts.opened({ routeId });
    },
    closeBackend: (backend) => accounts.closed(backend),
  };
}

/** The records of an eskip document, in its order. */
export function recordsOf(eskip: string): RouteRecord[] {
  const { value, errors } = readDocument(eskip);
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  return value.map(recordOf);
}

/** The routes of an eskip document. */
export function routesOf(eskip: string, accounts = new Accounts()): Route<TestBackend>[] {
  const env = testEnv(accounts);
  return recordsOf(eskip).map((record) => provisionRoute(record, env));
}

/** A table of these routes, generation 1. */
export function tableOf(routes: string | Route<TestBackend>[], options = {}): RoutingTable<TestBackend> {
  const table = new RoutingTable<TestBackend>(options);
  table.prepare(1, { put: typeof routes === 'string' ? routesOf(routes) : routes });
  table.commit(1);
  return table;
}

/** A request such as "GET example.org/a?b"; the method is left out for GET. */
export function requestTo(text: string, headers: Record<string, string> = {}): Request {
  const [target, method = 'GET'] = text.split(' ').reverse() as [string, string?];
  const slash = target.indexOf('/');
  return new Request({
    method,
    target: target.slice(slash),
    host: target.slice(0, slash),
    headers: HeaderList.of(headers),
  });
}
