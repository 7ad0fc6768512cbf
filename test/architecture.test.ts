import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '..');

/** What each part of the house may import, besides itself. The order reads from the ground up. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  grammar: [],
  'src/http': [],
  'src/http1': ['src/http'],
  'src/regexp': [],
  'src/plugin': ['grammar', 'src/http', 'src/regexp'],
  'src/config': ['grammar', 'src/plugin'],
  filters: ['src/plugin'],
  'src/predicates': ['src/http', 'src/plugin', 'src/regexp'],
  'src/balance': ['src/plugin'],
  'src/sources': ['grammar'],
  'src/routes': ['grammar', 'src/http', 'src/plugin', 'src/sources'],
  'src/routing': ['src/http', 'src/plugin', 'src/routes'],
  'src/upstream': ['src/http', 'src/http1', 'src/plugin', 'src/balance', 'src/routes'],
  'src/proxy': ['src/http', 'src/plugin', 'src/routes', 'src/routing', 'src/upstream'],
  'src/server': ['src/http', 'src/http1'],
  'src/drop-ins': ['grammar', 'src/plugin', 'src/routes', 'src/routing'],
  'src/reload': ['grammar', 'src/routes', 'src/sources', 'src/drop-ins'],
  'src/threads': ['src/http', 'src/plugin', 'src/routes', 'src/routing', 'src/drop-ins', 'src/reload'],
  'src/observe': ['src/http', 'src/plugin', 'src/proxy'],
  'src/admin': ['grammar', 'src/http', 'src/routes'],
  'src/vocabulary': ['filters', 'src/predicates', 'src/balance', 'src/plugin', 'src/routes', 'src/sources'],
};

/** Third-party packages and Node modules that only some parts may touch. */
const QUARANTINE: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^chevrotain/, ['grammar']],
  [/^undici/, []],
  [/^(?:node:)?(?:http2?|https|net|tls)$/, ['src/server', 'src/upstream', 'src/admin', 'src/demo']],
  [/^(?:prom-client|pino|sonic-boom)/, ['src/observe']],
  [/^chokidar/, ['src/sources']],
];

const MAX_FILE_LINES = 400;

const sources = globSync(['grammar/**/*.ts', 'filters/**/*.ts', 'src/**/*.ts'], { cwd: ROOT })
  .filter((file) => !file.endsWith('.test.ts') && !file.endsWith('.bench.ts'))
  .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));

function partOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  return top === 'src' && file.split('/').length > 2 ? `src/${second}` : top === 'src' ? 'root' : top;
}

function importsOf(text: string): { specifier: string; typeOnly: boolean }[] {
  const found = text.matchAll(
    /^\s*(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|import\('([^']+)'\)/gm,
  );
  return [...found].map((match) => ({
    specifier: (match[2] ?? match[3] ?? match[4]) as string,
    typeOnly: match[1] !== undefined,
  }));
}

function target(file: string, specifier: string): string {
  return relative(ROOT, normalize(join(ROOT, dirname(file), specifier)));
}

test('imports run from higher layers to lower ones only', () => {
  const wrong: string[] = [];
  for (const { file, text } of sources) {
    const allowed = MAY_IMPORT[partOf(file)];
    if (allowed === undefined) continue;
    for (const { specifier } of importsOf(text)) {
      if (!specifier.startsWith('.')) continue;
      const part = partOf(target(file, specifier));
      if (part !== partOf(file) && !allowed.includes(part)) wrong.push(`${file} imports ${specifier}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('third-party packages and sockets stay in their quarantine', () => {
  const wrong: string[] = [];
  for (const { file, text } of sources) {
    for (const { specifier, typeOnly } of importsOf(text)) {
      for (const [pattern, parts] of QUARANTINE) {
        if (!typeOnly && pattern.test(specifier) && !parts.includes(partOf(file)))
          wrong.push(`${file} imports ${specifier}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test('another part is imported by its index only', () => {
  const wrong: string[] = [];
  for (const { file, text } of sources) {
    for (const { specifier } of importsOf(text)) {
      if (!specifier.startsWith('.')) continue;
      const to = target(file, specifier);
      if (partOf(to) !== partOf(file) && partOf(to) !== 'root' && !/\/index\.ts$|\.json$/.test(to))
        wrong.push(`${file} imports ${specifier}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('there are no circles', () => {
  const edges = new Map(
    sources.map(({ file, text }) => [
      file,
      importsOf(text)
        .filter(({ specifier, typeOnly }) => specifier.startsWith('.') && !typeOnly)
        .map(({ specifier }) => target(file, specifier)),
    ]),
  );
  const circles: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, path: string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    state.set(file, 'open');
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of edges.keys()) visit(file, []);
  assert.deepEqual(circles, []);
});

test(`no source file is longer than ${MAX_FILE_LINES} lines`, () => {
  const long = sources.filter(({ text }) => text.split('\n').length > MAX_FILE_LINES + 1).map(({ file }) => file);
  assert.deepEqual(long, []);
});

test('every folder opens with an index that says what lives there', () => {
  const silent = [...new Set(sources.map(({ file }) => partOf(file)))]
    .filter((part) => part !== 'root')
    .filter((part) => !sources.some(({ file, text }) => file === `${part}/index.ts` && text.startsWith('/*')));
  assert.deepEqual(silent, []);
});
