/** Random sequences of changes, with pins, against tables built from scratch; and the accounts of what was closed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RouteRecord } from '../../routes/index.ts';
import { type Generation, type Match, provisionRoute, RoutingTable } from '../index.ts';
import { Accounts, requestTo, type TestBackend, tableOf, testEnv } from './table.fixture.ts';

type Step =
  | { do: 'put'; n: number; shape: number; version: number }
  | { do: 'remove'; n: number }
  | { do: 'commit' | 'abort' | 'collectGarbage' | 'pin' | 'unpin' | 'request' | 'finish' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ do: fc.constant('put' as const), n: fc.nat(24), shape: fc.nat(11), version: fc.nat(3) }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('remove' as const), n: fc.nat(24) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('commit' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('abort' as const, 'collectGarbage', 'collectGarbage', 'pin', 'unpin', 'request', 'finish'),
    }),
  },
);

const PATHS = ['Path("/a")', 'Path("/:x")', 'PathSubtree("/a")', 'Path("/a/:y/*r")', '', 'PathSubtree("/:x/b")'];
const REQUESTS = ['h1.org/a', 'h2.org/a', 'h3.org/b', 'h1.org/a/b', 'h2.org/a/b/c', 'h3.org/', 'h1.org/x/b/c', 'z/q'];

function record(n: number, shape: number, version: number): RouteRecord {
  const path = PATHS[shape % PATHS.length] as string;
  const [name, arg] = path.split(/["()]+/) as [string, string];
  return {
    id: `r${n}`,
    order: n + version / 10,
    predicates: [
      ...(path === '' ? [] : [[name, arg] as const]),
      ...(shape < PATHS.length ? [['HostIs', `h${n % 4}.org`] as const] : []),
      ['Closing', version],
    ],
    filters: [['closing', n]],
    backend: { kind: 'shunt' },
  };
}

/** The table under test and, beside it, what it is to be. */
class Bench {
  readonly accounts = new Accounts();
  readonly table = new RoutingTable<TestBackend>();
  readonly #env = testEnv(this.accounts);
  #now = new Map<string, RouteRecord>();
  #staged: Map<string, RouteRecord> | null = null;
  readonly #pins: { generation: Generation<TestBackend>; routes: Map<string, RouteRecord> }[] = [];
  readonly #held: Match<TestBackend>[] = [];

  take(step: Step): void {
    const next = this.table.generation + 1;
    switch (step.do) {
      case 'put': {
        const put = record(step.n, step.shape, step.version);
        this.table.prepare(next, { put: [provisionRoute(put, this.#env)] });
        this.#stage().set(put.id, put);
        return;
      }
      case 'remove':
        this.table.prepare(next, { remove: [`r${step.n}`] });
        this.#stage().delete(`r${step.n}`);
        return;
      case 'commit':
        this.table.commit(next);
        this.#now = this.#stage();
        this.#staged = null;
        return;
      case 'abort':
        this.table.abort(next);
        this.#staged = null;
        return;
      case 'collectGarbage':
        this.table.collectGarbage();
        return;
      case 'pin':
        this.#pins.push({ generation: this.table.pin(), routes: this.#now });
        return;
      case 'unpin': {
        const pin = this.#pins.shift();
        if (pin !== undefined) this.table.unpin(pin.generation);
        return;
      }
      case 'request': {
        const match = this.table.lookup(requestTo(REQUESTS[this.#held.length % REQUESTS.length] as string));
        match?.route.retain();
        if (match !== null) this.#held.push(match);
        return;
      }
      case 'finish':
        this.#held.shift()?.route.release();
    }
  }

  /** Nothing that is visible or held is closed, and lookups give what a fresh table gives. */
  verify(): void {
    this.#compare(this.#now);
    for (const { generation, routes } of this.#pins) this.#compare(routes, generation);
    for (const { route } of this.#held) this.#isOpen(route.backend);
    assert.equal(this.table.size, this.#now.size);
    assert.deepEqual(new Set([...this.table.routes()].map(({ id }) => id)), new Set(this.#now.keys()));
  }

  /** After the last request, pin and tidying, exactly what the table holds is open; after its end, nothing. */
  settle(): void {
    if (this.#staged !== null) this.take({ do: 'abort' });
    while (this.#pins.length > 0) this.take({ do: 'unpin' });
    while (this.#held.length > 0) this.take({ do: 'finish' });
    while (this.table.collectGarbage());
    assert.deepEqual(this.accounts.faults, []);
    assert.equal(this.accounts.open.size, 3 * this.#now.size);
    this.verify();
    this.table.prepare(this.table.generation + 1, { remove: [...this.#now.keys()] });
    this.table.commit(this.table.generation + 1);
    while (this.table.collectGarbage());
    assert.equal(this.accounts.open.size, 0);
    assert.ok(this.table.isEmpty);
  }

  #stage(): Map<string, RouteRecord> {
    this.#staged ??= new Map(this.#now);
    return this.#staged;
  }

  #compare(records: Map<string, RouteRecord>, pin?: Generation<TestBackend>): void {
    const fresh = tableOf([...records.values()].map((each) => provisionRoute(each, testEnv(new Accounts()))));
    for (const text of REQUESTS) {
      const request = requestTo(text);
      const expected = fresh.lookup(request);
      const match = this.table.lookup(request, pin);
      assert.equal(match?.route.id, expected?.route.id, text);
      assert.deepEqual(match?.params, expected?.params, text);
      assert.deepEqual(this.table.explain(request, pin).candidates, fresh.explain(request).candidates, text);
      if (match !== null) this.#isOpen(match.route.backend);
    }
  }

  #isOpen(backend: TestBackend): void {
    assert.ok(this.accounts.open.has(backend), `${backend.routeId} was closed too early`);
  }
}

test('a table that was changed step by step equals one built from scratch', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
      const bench = new Bench();
      steps.forEach((each, n) => {
        bench.take(each);
        if (each.do === 'commit' || n % 8 === 0) bench.verify();
      });
      bench.verify();
      bench.settle();
    }),
    { numRuns: 100 },
  );
});

test('refuses a generation of the past, and two at a time', () => {
  const table = new RoutingTable<TestBackend>();
  table.prepare(2, {});
  assert.throws(() => table.prepare(3, {}), /generation 2 is being prepared, not 3/);
  table.commit(2);
  assert.throws(() => table.prepare(2, {}), /generation 2 is past/);
});

test('a pinned generation keeps only the routes that it sees', () => {
  const accounts = new Accounts();
  const env = testEnv(accounts);
  const table = new RoutingTable<TestBackend>();
  const version = (generation: number): void => {
    table.prepare(generation, { put: [provisionRoute(record(1, 0, 0), env)] });
    table.commit(generation);
  };
  version(1);
  const pin = table.pin();
  for (let generation = 2; generation < 50; generation++) version(generation);
  while (table.collectGarbage());
  assert.equal(accounts.open.size, 2 * 3);
  table.unpin(pin);
  while (table.collectGarbage());
  assert.equal(accounts.open.size, 3);
});

test('close retires all routes, after their last request', () => {
  const accounts = new Accounts();
  const env = testEnv(accounts);
  const table = tableOf([1, 2, 3].map((n) => provisionRoute(record(n, 0, 0), env)));
  const held = table.lookup(requestTo('h1.org/a'))?.route;
  held?.retain();
  table.close();
  assert.equal(accounts.open.size, 3);
  assert.equal(held?.inFlight, 1);
  held?.release();
  assert.equal(accounts.open.size, 0);
});
