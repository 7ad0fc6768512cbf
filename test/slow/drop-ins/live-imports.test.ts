import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../kit/eventually.ts';
import { Folder } from '../../kit/folder.ts';
import { SluiceProcess } from '../../kit/sluice-process.ts';

/** A drop-in that answers with a text. */
const saying = (name: string, top: string, text: string): string =>
  `${top}\nexport const it = { name: '${name}', create: () => ({ async request(ctx) { ctx.serve({ status: 200, body: ${text} }); } }) };`;

const using = (id: string): string => `${id}: Path("/${id}") -> ${id}() -> <shunt>;`;

/** What a drop-in imports that is live: the drop-in, the file, and what the file says before and after. */
const LIVE: readonly (readonly [
  what: string,
  top: string,
  text: string,
  file: string,
  content: (word: string) => string,
])[] = [
  [
    'JSON beside it',
    `import words from './a.json' with { type: 'json' };`,
    'words.word',
    'filters/a.json',
    (word) => JSON.stringify({ word }),
  ],
  [
    'a file outside of the folder',
    `import { word } from '../lib/b.ts';`,
    'word',
    'lib/b.ts',
    (word) => `export const word: string = '${word}';`,
  ],
  [
    'what that file imports',
    `import { word } from '../lib/c.ts';`,
    'word',
    'lib/deep/c.js',
    (word) => `export const word = '${word}';`,
  ],
  [
    'what it imports while it serves',
    '',
    `(await import('./lib/d.ts')).word`,
    'filters/lib/d.ts',
    (word) => `export const word = '${word}';`,
  ],
  [
    'JSON that it imports while it serves',
    '',
    `(await import('../lib/e.json', { with: { type: 'json' } })).default`,
    'lib/e.json',
    (word) => JSON.stringify(word),
  ],
];

describe('what a drop-in imports is live', { timeout: 120_000 }, () => {
  let folder: Folder;
  let running: SluiceProcess;

  before(async () => {
    const files: Record<string, string> = { 'lib/c.ts': `export * from './deep/c.js';`, 'routes/main.eskip': '' };
    LIVE.forEach(([, top, text, file, content], at) => {
      files[file] = content('one');
      files[`filters/f${at}.ts`] = saying(`f${at}`, top, text);
      files['routes/main.eskip'] += using(`f${at}`);
    });
    files['node_modules/esm/package.json'] = '{"type":"module","exports":"./index.js"}';
    files['node_modules/esm/index.js'] = `export const word = 'esm one';`;
    files['node_modules/cjs/package.json'] = '{"main":"index.js"}';
    files['node_modules/cjs/index.js'] = `module.exports = require('./word.js');`;
    files['node_modules/cjs/word.js'] = `module.exports = { word: 'cjs one' };`;
    files['filters/p.ts'] = saying(
      'p',
      `import { word } from 'esm';\nimport cjs from 'cjs';`,
      `word + ', ' + cjs.word`,
    );
    files['routes/p.eskip'] = using('p');
    folder = await Folder.make(files);
    running = await SluiceProcess.run(['--access-log-disabled'], { cwd: folder.path });
  });

  after(async () => {
    await running[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  for (const [at, [what, , , file, content]] of LIVE.entries()) {
    it(what, async () => {
      await running.untilAll(`/f${at}`, ({ body }) => body === 'one');
      await folder.write(file, content('two'));
      await running.untilAll(`/f${at}`, ({ body }) => body === 'two');
      await folder.write(file, content('three'));
      await running.untilAll(`/f${at}`, ({ body }) => body === 'three');
    });
  }

  it('a file outside of the folder that was missing', async () => {
    await folder.write('routes/g.eskip', using('g'));
    await folder.write('filters/g.ts', saying('g', `import { word } from '../lib/g.ts';`, 'word'));
    await running.logged(/ERROR filters\/g\.ts:1:22: plugin: cannot find "\.\.\/lib\/g\.ts"/);
    await folder.write('lib/g.ts', `export const word = 'here';`);
    await running.untilAll('/g', ({ body }) => body === 'here');
  });

  it('packages, when it is saved', async () => {
    await running.untilAll('/p', ({ body }) => body === 'esm one, cjs one');
    assert.match(
      running.err,
      /INFO a drop-in imports what is not watched file=filters\/p\.ts what=.*package esm, until.*package cjs/,
    );
    // Of what was saved up to now nothing needed new threads.
    assert.equal(await running.metric('sluice_thread_renewals_total'), 0);
    await folder.write('node_modules/esm/index.js', `export const word = 'esm second';`);
    await folder.write('node_modules/cjs/word.js', `module.exports = { word: 'cjs second' };`);
    await folder.write('filters/p.ts', `${await folder.read('filters/p.ts')}// saved`);
    await eventually('it to be live in all threads', async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => running.get('/p').catch(() => null)));
      return answers.every((answer) => answer?.body === 'esm second, cjs second');
    });
    assert.equal(await running.metric('sluice_thread_deaths_total'), 0);
  });
});
