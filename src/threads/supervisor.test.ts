import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { defineFilter, type FilterSpec, NO_METRICS } from '../plugin/index.ts';
import type { GenerationChange } from '../reload/index.ts';
import { Registry, type RouteRecord } from '../routes/index.ts';
import { provisionRoute, type Route, RoutingTable } from '../routing/index.ts';
import type { ToThread } from './protocol.ts';
import { serveThread } from './receiver.ts';
import { Supervisor } from './supervisor.ts';
import type { SupervisorEvent } from './supervisor-options.ts';
import type { SpawnedThread } from './thread-link.ts';
import { newVitalSigns, setRunning } from './vital-signs.ts';

/** A data thread in this thread: real messages, real receiver, real table. */
class FakeThread extends EventEmitter implements SpawnedThread {
  readonly table = new RoutingTable<null>();
  readonly closed: string[] = [];
  ports: number[] = [];
  drained = false;
  readonly vitalSigns = newVitalSigns();
  readonly #channel = new MessageChannel();
  /** What the thread does with a message before it takes it. */
  onMessage: (message: ToThread) => void = () => undefined;

  constructor(builtins: Registry) {
    super();
    const { port1, port2 } = this.#channel;
    port1.on('message', (message) => this.emit('message', message));
    const { tell } = serveThread(
      {
        table: this.table,
        builtins,
        loadTimeoutMs: 1000,
        stallMs: 1000,
        provisioner: (registry) => (record) => this.#provision(record, registry),
        listen: async (ports) => {
          this.ports = ports.map((port) => port || 4711);
          return this.ports;
        },
        drain: async () => {
          this.drained = true;
        },
        metrics: () => ({ routes: this.table.size }),
        reopenLogs: () => 0,
      },
      {
        vitalSigns: this.vitalSigns,
        port: {
          postMessage: (message) => port2.postMessage(message),
          on: (_, listener) =>
            port2.on('message', (message: ToThread) => {
              this.onMessage(message);
              listener(message);
            }),
        },
      },
    );
    tell('hello');
  }

  #provision(record: RouteRecord, registry: Registry): Route<null> {
    return provisionRoute(record, {
      registry,
      predicateEnv: { draining: () => false },
      filterEnv: (routeId) => ({ routeId, log: console, metrics: NO_METRICS }),
      makeBackend: () => null,
    });
  }

  postMessage(message: ToThread): void {
    this.#channel.port1.postMessage(message);
  }

  async terminate(): Promise<void> {
    this.die(1);
  }

  async stop(told: (where: []) => void): Promise<void> {
    told([]);
    this.die(1);
  }

  die(code: number): void {
    this.#channel.port1.close();
    this.emit('exit', code);
  }

  ids(): string[] {
    return [...this.table.routes()].map(({ id }) => id).sort();
  }
}

const builtins = new Registry();
builtins.filters.add(
  defineFilter({
    name: 'fails',
    summary: '',
    args: [],
    examples: [],
    create: () => {
      throw new Error('boom');
    },
  }) as FilterSpec,
);

const record = (id: string, filter?: string): string =>
  JSON.stringify({
    id,
    order: 0,
    predicates: [],
    filters: filter === undefined ? [] : [[filter]],
    backend: { kind: 'shunt' },
  });

function change(number: number, put: string[], remove: string[] = []): GenerationChange {
  const slices = put.map((one) => `{"remove":[],"move":[],"put":[${one}]}`);
  return {
    number,
    dropIns: { put: [], remove: [] },
    slices: () => [...slices, JSON.stringify({ remove, move: [], put: [] })],
  };
}

let threads: FakeThread[];
let supervisor: Supervisor;
let events: SupervisorEvent[];
let words: unknown[];
let last: unknown[];
let current: GenerationChange;
let born: (thread: FakeThread) => void;

beforeEach(async () => {
  threads = [];
  events = [];
  words = [];
  last = [];
  current = change(0, []);
  born = () => undefined;
  supervisor = new Supervisor({
    threads: 2,
    patience: { stallMs: 1000, loadMs: 1000 },
    maxOldVersions: 3,
    drainMs: 1000,
    idleMs: 100,
    lastMetrics: (metrics) => last.push(metrics),
    spawn: () => {
      const thread = new FakeThread(builtins);
      threads.push(thread);
      born(thread);
      return thread;
    },
    current: () => current,
    event: (event) => events.push(event),
    word: (value) => words.push(value),
  });
  await supervisor.start();
});

afterEach(async () => {
  mock.timers.reset();
  await supervisor.close();
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}

const many = Array.from({ length: 30 }, (_, at) => `r${at}`);

describe('Supervisor', { timeout: 10_000 }, () => {
  it('takes all threads from generation to generation together', async () => {
    assert.deepEqual(
      await supervisor.prepare(
        change(
          1,
          many.map((id) => record(id)),
        ),
      ),
      [],
    );
    for (const { table } of threads) assert.equal(table.size, 0, 'not before the commit');
    await supervisor.commit();
    for (const thread of threads) assert.deepEqual(thread.ids(), [...many].sort());
    await supervisor.prepare(change(2, [record('x')], many));
    await supervisor.commit();
    for (const thread of threads) assert.deepEqual(thread.ids(), ['x']);
    assert.deepEqual(await supervisor.metrics(), { metrics: [{ routes: 1 }, { routes: 1 }], late: 0 });
    assert.deepEqual(words, ['hello', 'hello']);
  });

  it('tells once what the threads cannot make, and forgets the change', async () => {
    const faults = await supervisor.prepare(change(1, [record('a'), record('bad', 'fails')]));
    assert.deepEqual(faults, [
      { kind: 'route', message: 'fails: boom', fault: { routeId: 'bad', part: 'filter', index: 0, argIndex: -1 } },
    ]);
    await supervisor.abort();
    for (const thread of threads) assert.deepEqual(thread.ids(), []);
    assert.deepEqual(await supervisor.prepare(change(2, [record('a')])), []);
    await supervisor.commit();
    for (const thread of threads) assert.deepEqual(thread.ids(), ['a']);
  });

  it('has all threads listen on the ports that the first one chose', async () => {
    assert.deepEqual(await supervisor.listen([0, 80]), [4711, 80]);
    assert.deepEqual(
      threads.map(({ ports }) => ports),
      [
        [4711, 80],
        [4711, 80],
      ],
    );
  });

  it('replaces a thread that died with one that serves the same', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    await supervisor.listen([0]);
    current = change(1, [record('a')]);
    await supervisor.prepare(current);
    await supervisor.commit();
    threads[0]?.emit('error', new Error('plugin failed'));
    threads[0]?.die(1);
    await until(() => events.length === 1);
    assert.equal(supervisor.servingCount, 1);
    const [died] = events;
    assert.ok(died?.kind === 'died' && died.end.reason.message === 'plugin failed' && died.replacedInMs === 100);
    mock.timers.tick(100);
    await until(() => events.length === 2);
    assert.deepEqual(events[1], { kind: 'replaced', thread: 0 });
    assert.deepEqual(threads[2]?.ids(), ['a']);
    assert.deepEqual(threads[2]?.ports, [4711]);
    assert.equal(supervisor.servingCount, 2);
  });

  it('goes on without a thread that dies while a generation is prepared', async () => {
    const victim = threads[1] as FakeThread;
    victim.onMessage = ({ kind }) => {
      if (kind === 'seal') victim.die(1);
    };
    assert.deepEqual(await supervisor.prepare(change(1, [record('a')])), []);
    current = change(1, [record('a')]);
    await supervisor.commit();
    assert.deepEqual(threads[0]?.ids(), ['a']);
    await until(() => events.some(({ kind }) => kind === 'replaced'));
    assert.deepEqual(threads[2]?.ids(), ['a']);
  });

  it('takes a change of which all threads died when new ones can', async () => {
    for (const thread of threads) thread.onMessage = ({ kind }) => kind === 'slice' && thread.die(1);
    assert.deepEqual(await supervisor.prepare(change(1, [record('a')])), []);
    await supervisor.commit();
    await until(() => supervisor.servingCount === 2);
    assert.ok(threads.slice(2).some((thread) => thread.ids().includes('a')));
  });

  it('refuses a change of which all threads die again and again', async () => {
    const dies = (thread: FakeThread): void => {
      thread.onMessage = ({ kind }) => kind === 'slice' && thread.die(1);
    };
    for (const thread of threads) dies(thread);
    born = dies;
    const faults = await supervisor.prepare(change(1, [record('a')]));
    assert.deepEqual(faults, [{ kind: 'whole', message: 'the data thread is gone: ended with code 1' }]);
    await supervisor.abort();
    born = () => undefined;
    await until(() => supervisor.servingCount === 2);
    assert.deepEqual(await supervisor.prepare(change(2, [record('b')])), []);
    await supervisor.commit();
    for (const thread of threads.slice(-2)) assert.deepEqual(thread.ids(), ['b']);
  });

  it('refuses a drop-in that ends the threads that load it', async () => {
    for (const thread of threads) {
      thread.onMessage = ({ kind }) => {
        if (kind !== 'begin') return;
        setRunning(thread.vitalSigns, 1);
        thread.die(1);
      };
    }
    const code = { name: 'deadly.ts', url: 'file:///deadly.ts?v=1', modules: [] };
    const deadly = { ...change(1, [record('a')]), dropIns: { put: [code], remove: [] } };
    const [fault] = await supervisor.prepare(deadly);
    assert.ok(fault?.kind === 'drop-in' && fault.name === 'deadly.ts');
    await supervisor.abort();
  });

  it('renews threads that hold too many old modules, one after the other', async () => {
    await supervisor.listen([0]);
    for (let version = 1; version <= 5; version++) {
      const url = `file:///renewed.ts?v=${version}`;
      const modules = [{ url, text: `export const x = { name: 'x', create: () => ({}) };`, imports: {} }];
      const code = { name: 'renewed.ts', url, modules };
      current = { ...change(version, [record('a', 'x')]), dropIns: { put: [code], remove: [] } };
      assert.deepEqual(await supervisor.prepare(current), []);
      await supervisor.commit();
    }
    await until(() => events.length === 2);
    assert.deepEqual(events, [
      { kind: 'renewed', thread: 0, oldVersions: 4 },
      { kind: 'renewed', thread: 1, oldVersions: 4 },
    ]);
    const [first, second, ...renewed] = threads as [FakeThread, FakeThread, ...FakeThread[]];
    for (const thread of renewed) assert.deepEqual([thread.ids(), thread.ports], [['a'], [4711]]);
    await until(() => last.length === 2);
    assert.ok(first.drained && second.drained);
    assert.deepEqual(last, [{ routes: 1 }, { routes: 1 }], 'what they counted is not lost');
    assert.equal(supervisor.servingCount, 2);
  });

  it('has a heavy change made by new threads, which take the places of the old ones at once', async () => {
    await supervisor.listen([0]);
    current = change(1, [record('a')]);
    await supervisor.prepare(current);
    await supervisor.commit();
    const heavy = { ...change(2, [record('b')]), isHeavy: true };
    assert.deepEqual(await supervisor.prepare(heavy), []);
    const [first, second, third, fourth] = threads as [FakeThread, FakeThread, FakeThread, FakeThread];
    for (const thread of [first, second, third, fourth]) assert.deepEqual(thread.ids(), ['a'], 'not before the commit');
    await supervisor.commit();
    for (const thread of [third, fourth]) assert.deepEqual([thread.ids(), thread.ports], [['a', 'b'], [4711]]);
    for (const thread of [first, second]) assert.deepEqual(thread.ids(), ['a'], 'they did not stand still over it');
    await until(() => last.length === 2);
    assert.ok(first.drained && second.drained);
    assert.equal(supervisor.servingCount, 2);
    assert.deepEqual(await supervisor.prepare({ ...change(3, [record('bad', 'fails')]), isHeavy: true }), [
      { kind: 'route', message: 'fails: boom', fault: { routeId: 'bad', part: 'filter', index: 0, argIndex: -1 } },
    ]);
    await supervisor.abort();
    for (const thread of [third, fourth]) assert.deepEqual(thread.ids(), ['a', 'b']);
    assert.equal(supervisor.servingCount, 2);
  });

  it('has a new thread serve what it can make of what the others serve', async () => {
    current = change(1, [record('a'), record('bad', 'fails')]);
    threads[0]?.die(1);
    await until(() => events.some(({ kind }) => kind === 'replaced'));
    assert.equal(events.find(({ kind }) => kind === 'incomplete')?.thread, 0);
    assert.deepEqual(threads[2]?.ids(), ['a']);
  });

  it('drains, and replaces no thread any more', async () => {
    await supervisor.drain(1000);
    assert.deepEqual(
      threads.map(({ drained }) => drained),
      [true, true],
    );
    threads[0]?.die(0);
    assert.equal(events.length, 0);
  });
});
