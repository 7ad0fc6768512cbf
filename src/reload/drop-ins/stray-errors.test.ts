import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { it } from 'node:test';

/** What a process prints that imports a drop-in and then runs `then`; with its exit code. */
function run(then: string): Promise<string> {
  const script = `
    import { catchStrayErrors, DropIns } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
    catchStrayErrors((error) => console.log('reported', error.message));
    const text = "export const f = { name: 'f', create() { setTimeout(() => { throw new Error('late') }); Promise.reject(new Error('lost')); } };";
    const { put } = await new DropIns().change([{ name: 'stray.ts', text }], []);
    put[0].specs.filters[0].create([[]], {});
    setTimeout(() => { ${then} }, 20);`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '--eval', script], (error, stdout) =>
      resolve(`${stdout.trim().replaceAll('\n', ', ')}; ${error?.code ?? 0}`),
    );
  });
}

it('a process outlives what drop-ins throw outside of any call, and nothing else', async () => {
  assert.equal(await run(''), 'reported lost, reported late; 0');
  assert.equal(await run('throw new Error("ours")'), 'reported lost, reported late; 1');
});
