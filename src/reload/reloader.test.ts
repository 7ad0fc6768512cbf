import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { arg, defineFilter, definePredicate, type FilterSpec, type PredicateSpec } from '../plugin/index.ts';
import { printFinding, printPlace, Registry } from '../routes/index.ts';
import { Reloader } from './reloader.ts';
import type { ReloadOutcome } from './reloader-options.ts';
import type { GenerationChange, StageFault, TableSlice } from './stage/generation.ts';

/** Data threads that take everything, and note it. */
class FakeStage {
  readonly table = new Map<string, { order: number; json: string }>();
  /** Ids of each generation that was committed. */
  readonly commits: { put: string[]; remove: string[]; dropIns: string[] }[] = [];
  readonly moves: string[][] = [];
  attempts = 0;
  refuse: (id: string) => StageFault | null = () => null;
  #staged: {
    put: Map<string, { order: number; json: string }>;
    move: TableSlice['move'][number][];
    remove: string[];
    dropIns: string[];
  } | null = null;

  async prepare({ dropIns, slices }: GenerationChange): Promise<StageFault[]> {
    this.attempts++;
    const put = new Map<string, { order: number; json: string }>();
    const move: TableSlice['move'][number][] = [];
    const remove: string[] = [];
    const faults: StageFault[] = [];
    for (const json of slices()) {
      const slice = JSON.parse(json) as TableSlice;
      remove.push(...slice.remove);
      move.push(...slice.move);
      for (const { order, ...record } of slice.put) {
        put.set(record.id, { order, json: JSON.stringify(record) });
        const fault = this.refuse(record.id);
        if (fault !== null) faults.push(fault);
      }
    }
    this.#staged = { put, move, remove, dropIns: [...dropIns.put.map(({ name }) => name), ...dropIns.remove] };
    return faults;
  }

  async commit(): Promise<void> {
    const { put, move, remove, dropIns } = this.#staged ?? assert.fail();
    for (const id of remove) assert.ok(this.table.delete(id), `${id} was there`);
    for (const [id, route] of put) this.table.set(id, route);
    for (const { id, order } of move) (this.table.get(id) ?? assert.fail()).order = order;
    this.moves.push(move.map(({ id }) => id).sort());
    this.commits.push({ put: [...put.keys()].sort(), remove: remove.sort(), dropIns });
  }

  async abort(): Promise<void> {
    this.#staged = null;
  }

  /** The ids in definition order. */
  ids(): string[] {
    return [...this.table].sort(([, a], [, b]) => a.order - b.order).map(([id]) => id);
  }
}

function builtins(): Registry {
  const registry = new Registry();
  const path = definePredicate({
    name: 'Path',
    summary: '',
    args: [arg.string('path')],
    examples: [],
    create: () => ({ match: () => true }),
  });
  const status = defineFilter({
    name: 'status',
    summary: '',
    args: [arg.advised(arg.int('code'), (code) => (code === 418 ? 'a teapot is hardly meant' : null))],
    examples: [],
    create: () => ({}),
  });
  registry.predicates.add(path as PredicateSpec);
  registry.filters.add(status as FilterSpec);
  return registry;
}

let stage: FakeStage;
let outcomes: ReloadOutcome[];
let reloader: Reloader;

beforeEach(async () => {
  stage = new FakeStage();
  outcomes = [];
  reloader = new Reloader({ builtins: builtins(), stage, loaded: (outcome) => outcomes.push(outcome) });
  await reloader.start();
});

const files = (texts: Record<string, string | null>) => ({
  put: Object.entries(texts).flatMap(([name, text]) => (text === null ? [] : [{ name, text }])),
  remove: Object.keys(texts).filter((name) => texts[name] === null),
  faults: [],
});

async function routes(texts: Record<string, string | null>): Promise<void> {
  reloader.changeRoutes(files(texts));
  await reloader.idle();
}

async function dropIns(texts: Record<string, string | null>): Promise<void> {
  reloader.changeDropIns(files(texts));
  await reloader.idle();
}

const reports = (): string[] => reloader.findings().map((finding) => printFinding(finding).split('\n')[0] as string);
const route = (id: string, code = 200): string => `${id}: Path("/${id}") -> status(${code}) -> <shunt>;\n`;
const filter = (name: string, args = ''): string => `export const f = { name: '${name}', ${args} create: () => ({}) };`;

describe('Reloader: routes', () => {
  it('puts files into use in the order of their names', async () => {
    await routes({ 'b.eskip': route('b1') + route('b2'), 'a.eskip': route('a1') });
    assert.deepEqual(stage.ids(), ['a1', 'b1', 'b2']);
    assert.equal(reloader.routeCount, 3);
    assert.deepEqual(
      [...reloader.routes()].map(({ file, record }) => `${file} ${record.id}`),
      ['a.eskip a1', 'b.eskip b1', 'b.eskip b2'],
    );
  });

  it('sends only what changed', async () => {
    await routes({ 'a.eskip': route('r1') + route('r2') + route('r3') + route('r4') });
    await routes({ 'a.eskip': `// a comment\n${route('r1')}${route('r2', 404)}${route('new')}${route('r4')}` });
    assert.deepEqual(stage.commits.at(-1), { put: ['new', 'r2'], remove: ['r3'], dropIns: [] });
    assert.deepEqual(stage.ids(), ['r1', 'r2', 'new', 'r4']);
    await routes({ 'a.eskip': `// another comment\n${route('r1')}${route('r2', 404)}${route('new')}${route('r4')}` });
    assert.equal(stage.commits.length, 2, 'nothing to send');
  });

  it('keeps order over moves, files that come and files that go', async () => {
    await routes({ 'b.eskip': route('b1') + route('b2') + route('b3') });
    await routes({ 'b.eskip': route('b3') + route('b1') + route('b2'), 'a.eskip': route('a'), 'c.eskip': route('c') });
    assert.deepEqual(stage.ids(), ['a', 'b3', 'b1', 'b2', 'c']);
    assert.deepEqual(stage.commits.at(-1)?.put, ['a', 'c']);
    assert.deepEqual(stage.moves.at(-1), ['b3'], 'it keeps its filters');
    await routes({ 'a.eskip': null, 'bb.eskip': route('bb') });
    assert.deepEqual(stage.ids(), ['b3', 'b1', 'b2', 'bb', 'c']);
  });

  it('moves a route from file to file, and a file to another name', async () => {
    await routes({ 'a.eskip': route('x') + route('y'), 'b.eskip': route('z') });
    await routes({ 'a.eskip': route('x'), 'b.eskip': route('y') + route('z') });
    assert.deepEqual(stage.ids(), ['x', 'y', 'z']);
    assert.deepEqual(stage.moves.at(-1), ['y'], 'it keeps its filters');
    await routes({ 'b.eskip': null, '0.eskip': route('y') + route('z') });
    assert.deepEqual(stage.ids(), ['y', 'z', 'x']);
    assert.deepEqual(stage.moves.at(-1), ['y', 'z']);
    assert.deepEqual(stage.commits.at(-1)?.put, []);
    assert.deepEqual(reports(), []);
  });

  it('names the single anonymous route of a file after the file', async () => {
    await routes({ 'some/my-route.eskip': '* -> <shunt>', '1.eskip': 'Path("/") -> <shunt>' });
    assert.deepEqual(stage.ids(), ['_1', 'my_route']);
  });

  it('keeps the last good version of a file with errors, tells them once, and forgets them when mended', async () => {
    await routes({ 'a.eskip': route('a'), 'b.eskip': route('b') });
    const broken = `${route('a', 500)}bad: Path("/") -> status("x") -> <shunt>;\nworse: Path(`;
    await routes({ 'a.eskip': broken, 'b.eskip': route('b', 404) });
    assert.deepEqual(stage.commits.at(-1), { put: ['b'], remove: [], dropIns: [] });
    assert.deepEqual(
      outcomes.at(-1)?.found.map(({ place }) => printPlace(place)),
      ['a.eskip:2:26', 'a.eskip:3:13'],
    );
    await routes({ 'c.eskip': route('c') });
    assert.deepEqual(outcomes.at(-1)?.found, []);
    assert.equal(reports().length, 2);
    await routes({ 'a.eskip': route('a', 500) });
    assert.deepEqual(outcomes.at(-1)?.resolved, ['a.eskip']);
    assert.deepEqual(reports(), []);
    assert.deepEqual(stage.commits.at(-1)?.put, ['a']);
  });

  it('leaves out a file that is bad from the beginning, until it is mended or removed', async () => {
    await routes({ 'a.eskip': 'no', 'b.eskip': 'no', 'c.eskip': route('c') });
    assert.deepEqual(stage.ids(), ['c']);
    await routes({ 'a.eskip': null, 'b.eskip': route('b') });
    assert.deepEqual(stage.ids(), ['b', 'c']);
    assert.deepEqual(reports(), []);
  });

  it('refuses an id that another file has, naming both places, until it is free', async () => {
    await routes({ 'a.eskip': `\n${route('x')}` });
    await routes({ 'b.eskip': route('y') + route('x') });
    assert.deepEqual(stage.ids(), ['x']);
    assert.deepEqual(reports(), ['b.eskip:2:1: duplicate-id: the route id "x" is already taken at a.eskip:2:1']);
    await routes({ 'a.eskip': '' });
    assert.deepEqual(stage.ids(), ['y', 'x']);
    assert.deepEqual(reports(), []);
  });

  it('refuses the later of two new files with one id, and ids twice in one', async () => {
    await routes({ 'a.eskip': route('x'), 'b.eskip': route('x'), 'c.eskip': route('z') + route('z', 404) });
    assert.deepEqual(stage.ids(), ['x']);
    assert.deepEqual(reports(), [
      'b.eskip:1:1: duplicate-id: the route id "x" is already taken at a.eskip:1:1',
      'c.eskip:2:1: duplicate-id: the route id "z" is already taken at 1:1',
    ]);
  });

  it('tells advice once for each version of a route, and uses the route', async () => {
    const told = () => outcomes.at(-1)?.found.map((finding) => printFinding(finding).split('\n')[0]);
    await routes({ 'a.eskip': route('a') + route('b', 418) });
    assert.deepEqual(stage.ids(), ['a', 'b']);
    assert.deepEqual(told(), ['a.eskip:2:25: warning: advice: status: argument 1 (code): a teapot is hardly meant']);
    await routes({ 'a.eskip': route('a', 204) + route('b', 418) });
    assert.deepEqual(told(), []);
    assert.deepEqual(outcomes.at(-1)?.resolved, []);
    await routes({ 'a.eskip': route('a', 418) + route('b', 418) });
    assert.deepEqual(told(), ['a.eskip:1:25: warning: advice: status: argument 1 (code): a teapot is hardly meant']);
    assert.deepEqual(reports(), []);
  });

  it('refuses a file with a route that data threads cannot make, at the place of the fault', async () => {
    stage.refuse = (id) => {
      if (id !== 'bad') return null;
      return { kind: 'route', message: 'boom', fault: { routeId: id, part: 'filter', index: 0, argIndex: 0 } };
    };
    await routes({ 'a.eskip': route('a') + route('bad'), 'b.eskip': route('b') });
    assert.deepEqual(stage.ids(), ['b']);
    assert.deepEqual(reports(), ['a.eskip:2:29: bad-argument: boom']);
    const { attempts } = stage;
    await routes({ 'c.eskip': route('c') });
    assert.equal(stage.attempts, attempts + 1, 'it is not tried again for nothing');
    await routes({ 'a.eskip': route('a') });
    assert.deepEqual(reports(), []);
  });

  it('refuses the whole change when nobody can be blamed', async () => {
    stage.refuse = (id) => (id === 'bad' ? { kind: 'whole', message: 'all died' } : null);
    await routes({ 'a.eskip': route('bad') });
    assert.deepEqual(reports(), ['a.eskip:1:1: refused: the data threads could not take this change: all died']);
  });

  it('tries nothing again that killed the data threads, until it changes', async () => {
    stage.refuse = () => ({ kind: 'whole', message: 'all died' });
    // While this one is loaded the two others gather.
    reloader.changeRoutes(files({}));
    reloader.changeDropIns(files({ 'reload-h/f.ts': filter('h') }));
    reloader.changeRoutes(files({ 'a.eskip': 'x: * -> h() -> <shunt>' }));
    await reloader.idle();
    const { attempts } = stage;
    assert.deepEqual(reports(), [
      'reload-h/f.ts:1:1: plugin: the data threads could not take this change: all died',
      'a.eskip:1:9: unknown-filter: unknown filter "h"',
    ]);
    stage.refuse = () => null;
    await routes({ 'b.eskip': route('b') });
    assert.equal(stage.attempts, attempts + 1);
    assert.deepEqual(stage.ids(), ['b']);
    await dropIns({ 'reload-h/f.ts': `${filter('h')}//` });
    assert.deepEqual(stage.ids(), ['x', 'b']);
    assert.deepEqual(reports(), []);
  });

  it('takes changes that come during a load as the next one', async () => {
    reloader.changeRoutes(files({ 'a.eskip': route('a1') }));
    reloader.changeRoutes(files({ 'a.eskip': route('a2') }));
    reloader.changeRoutes(files({ 'b.eskip': route('b'), 'a.eskip': route('a3') }));
    await reloader.idle();
    assert.deepEqual(stage.ids(), ['a3', 'b']);
    assert.equal(stage.commits.length, 2);
  });

  it('tells what cannot be read, until it can', async () => {
    reloader.changeRoutes({
      put: [],
      remove: [],
      faults: [{ name: 'x', message: 'permission denied', wasGood: false, severity: 'error' }],
    });
    await reloader.idle();
    assert.deepEqual(reports(), ['x: unreadable: permission denied']);
    await routes({});
    assert.deepEqual(reports(), []);
  });

  it('gives all that is in use to a new thread', async () => {
    await routes({ 'a.eskip': Array.from({ length: 200 }, (_, at) => route(`r${at}`)).join('') });
    await routes({ 'b.eskip': route('b') });
    const { number, slices } = reloader.current();
    assert.equal(number, 2);
    const records = [...slices()].flatMap((json) => (JSON.parse(json) as TableSlice).put);
    assert.equal(records.length, 201);
    for (const { id, order } of records) assert.equal(stage.table.get(id)?.order, order);
  });
});

describe('Reloader: drop-ins', () => {
  it('makes anew the routes that use a changed drop-in, and only them', async () => {
    await dropIns({ 'reload-a/one.ts': filter('one'), 'reload-a/two.ts': filter('two') });
    await routes({ 'a.eskip': `x: * -> one() -> <shunt>; y: * -> two("[\\"one\\"") -> <shunt>; z: * -> <shunt>` });
    assert.deepEqual(stage.ids(), ['x', 'y', 'z']);
    await dropIns({ 'reload-a/one.ts': `${filter('one')}//` });
    assert.deepEqual(stage.commits.at(-1), { put: ['x'], remove: [], dropIns: ['reload-a/one.ts'] });
  });

  it('mends a file when the filter it lacks appears', async () => {
    await routes({ 'a.eskip': 'x: * -> late() -> <shunt>' });
    assert.deepEqual(reports(), ['a.eskip:1:9: unknown-filter: unknown filter "late"']);
    await dropIns({ 'reload-b/late.ts': filter('late') });
    assert.deepEqual(stage.ids(), ['x']);
    assert.deepEqual(reports(), []);
  });

  it('keeps the good version of a drop-in with an error', async () => {
    await dropIns({ 'reload-c/f.ts': filter('c') });
    await routes({ 'a.eskip': 'x: * -> c() -> <shunt>' });
    await dropIns({ 'reload-c/f.ts': 'export const = 1;' });
    assert.match(reports()[0] ?? '', /^reload-c\/f\.ts:1:14: /);
    await routes({ 'b.eskip': 'y: * -> c() -> <shunt>' });
    assert.deepEqual(stage.ids(), ['x', 'y']);
    await dropIns({ 'reload-c/f.ts': filter('c') });
    assert.deepEqual(reports(), []);
  });

  it('refuses a version, or a removal, that would break routes in use, until they change', async () => {
    await dropIns({ 'reload-d/f.ts': filter('d') });
    await routes({ 'a.eskip': 'x: * -> d("1") -> <shunt>' });
    await dropIns({ 'reload-d/f.ts': filter('d', 'args: [],') });
    assert.match(reports()[0] ?? '', /^reload-d\/f\.ts:1:1: .*route "x" in use would break: a\.eskip:1:9: d: /);
    assert.equal(stage.commits.length, 2);
    await routes({ 'a.eskip': 'x: * -> d() -> <shunt>' });
    assert.deepEqual(reports(), []);
    assert.deepEqual(stage.commits.at(-1), { put: ['x'], remove: [], dropIns: ['reload-d/f.ts'] });
    await dropIns({ 'reload-d/f.ts': null });
    assert.match(reports()[0] ?? '', /unknown filter "d"/);
    await routes({ 'a.eskip': null });
    assert.deepEqual(reports(), []);
    assert.deepEqual(stage.commits.at(-1), { put: [], remove: ['x'], dropIns: ['reload-d/f.ts'] });
  });

  it('tells what a new version of a drop-in advises about routes in use', async () => {
    const advising = "args: [], advise: () => [{ index: -1, message: 'say more' }],";
    await dropIns({ 'reload-i/f.ts': filter('i', 'args: [],') });
    await routes({ 'a.eskip': '// c\nx: * -> i() -> <shunt>' });
    assert.deepEqual(outcomes.at(-1)?.found, []);
    await dropIns({ 'reload-i/f.ts': filter('i', advising) });
    assert.deepEqual(
      outcomes.at(-1)?.found.map(({ place, message }) => `${printPlace(place)} ${message}`),
      ['a.eskip:2:9 i: say more'],
    );
    assert.deepEqual(stage.commits.at(-1), { put: ['x'], remove: [], dropIns: ['reload-i/f.ts'] });
  });

  it('takes a drop-in and the routes that go with it as one change', async () => {
    await dropIns({ 'reload-e/f.ts': filter('e', 'args: [],') });
    await routes({ 'a.eskip': 'x: * -> e() -> <shunt>' });
    reloader.changeRoutes(files({ 'a.eskip': 'x: * -> e2() -> <shunt>' }));
    reloader.changeDropIns(files({ 'reload-e/f.ts': filter('e2') }));
    await reloader.idle();
    assert.deepEqual(reports(), []);
    assert.deepEqual(stage.commits.at(-1)?.put, ['x']);
  });

  it('refuses a name that is taken, unless it is meant', async () => {
    await dropIns({ 'reload-f/a.ts': filter('status') });
    assert.match(reports()[0] ?? '', /^reload-f\/a\.ts:1:26: plugin: the filter "status" .* exists already/);
    await dropIns({ 'reload-f/a.ts': filter('status', 'overrides: true,') });
    assert.deepEqual(reports(), []);
    await dropIns({ 'reload-f/b.ts': filter('mine') });
    await dropIns({ 'reload-f/0.ts': filter('mine') });
    assert.match(reports()[0] ?? '', /^reload-f\/0\.ts:1:26: plugin: the filter "mine"/);
  });

  it('blames the drop-in for routes in use that data threads cannot make with it', async () => {
    await dropIns({ 'reload-g/f.ts': filter('g') });
    await routes({ 'a.eskip': 'x: * -> g() -> <shunt>' });
    stage.refuse = (id) => ({
      kind: 'route',
      message: 'boom',
      fault: { routeId: id, part: 'filter', index: 0, argIndex: -1 },
    });
    await dropIns({ 'reload-g/f.ts': `${filter('g')}//` });
    assert.match(reports()[0] ?? '', /^reload-g\/f\.ts:1:1: .*boom$/);
    assert.equal(stage.commits.length, 2);
  });
});
