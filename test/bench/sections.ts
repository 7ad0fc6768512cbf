import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { benchParse, benchSplit } from '../../grammar/parse/parse.bench.ts';
import { type LookupFigures, TABLE_KINDS } from '../../src/routing/table/lookup.bench.ts';

/** A part of the benchmark that has figures of its own. */
export interface Section {
  title: string;
  measure(): Promise<Record<string, string | number>[]>;
}

/** Medians of five runs of `measure`. */
function median(measure: () => number): number {
  const runs = Array.from({ length: 5 }, measure).sort((a, b) => a - b);
  return runs[2] as number;
}

/** What an expression over a module's exports comes to in a process of its own, so that no other table is in its heap. */
function inChild(module: string, expression: string): unknown {
  const url = JSON.stringify(pathToFileURL(join(SRC, module)).href);
  const code = `import(${url}).then(async (bench) => console.log(JSON.stringify(await ${expression})))`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', '-e', code], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${module}: ${stderr}`);
  return JSON.parse(stdout);
}

const SRC = join(import.meta.dirname, '..', '..', 'src');
const SIZES = [10, 1000, 100_000];

/** The parts of the benchmark that need no peer. */
export const SECTIONS: Readonly<Record<string, Section>> = {
  parse: {
    title: 'Parsing (three predicates, three filters a route)',
    async measure() {
      benchParse(1000);
      return [1000, 10_000, 100_000].map((routes) => ({
        routes,
        'parse ms': Math.round(median(() => benchParse(routes).ms)),
        'split ms': Math.round(median(() => benchSplit(routes).ms)),
      }));
    },
  },
  lookup: {
    title: 'Lookup by number of routes (median ns; the same requests, and requests for any route at random)',
    async measure() {
      return TABLE_KINDS.map((kind) => {
        const figures = SIZES.map(
          (size) => inChild('routing/table/lookup.bench.ts', `bench.benchLookup('${kind}', ${size})`) as LookupFigures,
        );
        const cells = figures.flatMap(({ medianNs, scatteredNs }, at) => [
          [`${SIZES[at]} routes`, Math.round(medianNs)],
          [`${SIZES[at]} at random`, Math.round(scatteredNs)],
        ]);
        return { table: kind, ...Object.fromEntries(cells) };
      });
    },
  },
  reload: {
    title: 'Reload of a tenth of the routes under traffic, one data thread',
    measure: async () =>
      [1000, 10_000, 100_000].map(
        (routes) => inChild('reload/reload.bench.ts', `bench.benchReload(${routes})`) as Record<string, number>,
      ),
  },
};
