// The five minutes of the README and the snippets of "Writing filters", as printed, one after the other.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { blocksOf } from '../docs/markdown.ts';
import { command } from '../kit/command.ts';
import { Folder } from '../kit/folder.ts';
import { SluiceProcess, sluice } from '../kit/sluice-process.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');

/** The fenced blocks of a Markdown text in a language, in order. */
function blocks(text: string, language: string): string[] {
  return blocksOf({ path: '', text }).flatMap((block) => (block.language === language ? [block.code] : []));
}

test('the tour of the README', { timeout: 120_000 }, async () => {
  const tour = /^## Five minutes$(.*?)^## /ms.exec(read('README.md'))?.[1] ?? '';
  const [teapot = '', welcome = ''] = blocks(tour, 'eskip');
  const [stamp = ''] = blocks(tour, 'ts');
  const [, diagnostic = ''] = /^```\n(routes\/.*?)^```/ms.exec(tour) ?? [];
  let routes = read('routes/main.eskip');
  await using folder = await Folder.make({ 'routes/main.eskip': routes, 'filters/readme.md': '' });
  await using running = await SluiceProcess.run(['--routes-file', 'routes/main.eskip'], { cwd: folder.path });
  const save = (text: string): Promise<void> => folder.replace('routes/main.eskip', (routes = text));

  await save(routes + teapot);
  await running.untilAll('/teapot', ({ status, body }) => status === 418 && body === 'short and stout\n');

  await save(routes + welcome);
  // No upstream runs here: that response filters act on its error too is part of the promise.
  await running.untilAll('/greet/ada', ({ headers }) => headers['x-hello'] === 'ada');

  await folder.write('filters/stamp.ts', stamp);
  await save(routes.replace('Path("/teapot") ->', 'Path("/teapot") -> stamp("by me") ->'));
  await running.untilAll('/teapot', ({ headers }) => /^by me \d+\.\d ms$/.test(String(headers['x-stamp'])));

  const before = running.err.length;
  await save(
    routes.replace(
      'setResponseHeader("X-Hello", "${name}") -> "http',
      'setResponseHeadr("X-Hello", "${name}") -> "http',
    ),
  );
  await running.logged(/setResponseHeadr/, before);
  // In the log the lines behind the first are indented: none of them is to be taken for a line of the log.
  assert.ok(running.err.includes(diagnostic.trimEnd().replaceAll('\n', '\n  ')), running.err.slice(before));
  assert.equal((await running.support('/routes?invalid=true')).body, diagnostic);
  assert.equal((await running.get('/greet/ada')).headers['x-hello'], 'ada');
  const checked = await sluice(['check', '--filters-dir', 'filters', 'routes/main.eskip'], { cwd: folder.path });
  assert.deepEqual([checked.code, checked.out], [1, diagnostic]);
});

test('the snippets of "Writing filters"', { timeout: 120_000 }, async () => {
  const snippets = blocks(read('docs/writing-filters.md'), 'ts').filter((code) => code.includes('create'));
  const files = snippets.map((code, at): [string, string] => [`filters/snippet-${at}.ts`, code]);
  const routes = `
    marked: Path("/marked") -> mark("here") -> status(200) -> <shunt>;
    few: Path("/few") -> quota(1, "1h") -> status(200) -> <shunt>;
    loud: Path("/loud") -> shout() -> inlineContent("psst") -> <shunt>;
  `;
  await using folder = await Folder.make({ 'routes/main.eskip': routes, ...Object.fromEntries(files) });
  await using running = await SluiceProcess.run([], { cwd: folder.path });
  assert.equal((await running.get('/marked')).headers['x-mark'], 'here');
  assert.equal((await running.get('/loud')).body, 'PSST');
  await running.untilAll('/few', ({ status, body }) => status === 429 && body === 'later, please\n');
  const { code, out } = await command(['docs', 'quota', '--filters-dir', folder.at('filters')]);
  assert.equal(code, 0);
  assert.match(out, /- `limit` \(integer of at least 1\): requests per period/);
});
