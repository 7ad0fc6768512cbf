import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { Registry, type RouteRecord } from '../routes/index.ts';
import { Reloader } from './reloader.ts';
import type { GenerationChange, StageFault, TableSlice } from './stage/generation.ts';

/** A data thread's table as a map. */
class MapStage {
  #table = new Map<string, RouteRecord>();
  #next = new Map<string, RouteRecord>();

  async prepare({ slices }: GenerationChange): Promise<StageFault[]> {
    this.#next = new Map(this.#table);
    for (const json of slices()) {
      const { remove, move, put } = JSON.parse(json) as TableSlice;
      for (const id of remove) assert.ok(this.#next.delete(id), `${id} is there to be removed`);
      for (const { id, order } of move) {
        const record = this.#next.get(id) ?? assert.fail(`${id} is there to be moved`);
        this.#next.set(id, { ...record, order });
      }
      for (const record of put) this.#next.set(record.id, record);
    }
    return [];
  }

  async commit(): Promise<void> {
    this.#table = this.#next;
  }

  async abort(): Promise<void> {}

  /** Ids and status codes in definition order. */
  served(): string[] {
    const records = [...this.#table.values()].sort((a, b) => a.order - b.order);
    assert.equal(new Set(records.map(({ order }) => order)).size, records.length, 'each has a place of its own');
    return records.map(({ id, backend }) => `${id} ${backend.kind}`);
  }
}

interface Definition {
  id: string;
  backend: string;
}

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
const NAMES = ['1.eskip', '2.eskip', '3.eskip'];
const definitions = fc
  .shuffledSubarray(IDS)
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id) => fc.record({ id: fc.constant(id), backend: fc.constantFrom('shunt', 'loopback', 'dynamic') })),
    ),
  );
/** One file, or null to remove it; often in conflict with the others. */
const oneFile = fc
  .tuple(fc.constantFrom(...NAMES), fc.option(definitions, { freq: 5 }))
  .map(([name, routes]) => ({ [name]: routes }));
/** All files at once, without a conflict. */
const allFiles = fc.tuple(definitions, fc.nat(10), fc.nat(10)).map(([routes, a, b]) => {
  const [first, second] = a < b ? [a, b] : [b, a];
  return { '1.eskip': routes.slice(0, first), '2.eskip': routes.slice(first, second), '3.eskip': routes.slice(second) };
});
const edit: fc.Arbitrary<Record<string, Definition[] | null>> = fc.oneof(oneFile, allFiles);

/** Whether ids occur once, over all files. */
function isSound(files: ReadonlyMap<string, readonly Definition[]>): boolean {
  const ids = [...files.values()].flat().map(({ id }) => id);
  return new Set(ids).size === ids.length;
}

it('serves after any series of edits what the files say, if they are sound', async () => {
  const property = fc.asyncProperty(fc.array(edit, { maxLength: 12 }), async (edits) => {
    const stage = new MapStage();
    const reloader = new Reloader({ builtins: new Registry(), stage, loaded: () => undefined });
    await reloader.start();
    const files = new Map<string, Definition[]>();
    for (const one of edits) {
      const put: { name: string; text: string }[] = [];
      const remove: string[] = [];
      for (const [name, routes] of Object.entries(one)) {
        if (routes === null) remove.push(name);
        else put.push({ name, text: routes.map(({ id, backend }) => `${id}: * -> <${backend}>;`).join('\n') });
        if (routes === null) files.delete(name);
        else files.set(name, routes);
      }
      reloader.changeRoutes({ put, remove, faults: [] });
      await reloader.idle();
      stage.served();
      if (!isSound(files)) continue;
      const names = [...files.keys()].sort();
      const expected = names.flatMap((name) => files.get(name) ?? []).map(({ id, backend }) => `${id} ${backend}`);
      assert.deepEqual(stage.served(), expected);
      assert.deepEqual(reloader.findings(), []);
      assert.equal(reloader.routeCount, expected.length);
    }
  });
  await fc.assert(property, { numRuns: 200 });
});
