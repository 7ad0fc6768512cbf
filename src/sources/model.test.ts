import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { routeFiles, type SourceChange } from './index.ts';

/** So long the delivered state may take to be that of the file system; a working one takes a fraction. */
const PATIENCE_MS = 20_000;
const FILES = ['a.eskip', 'b.eskip', 'c.eskip'];

/** One thing that editors, tools and orchestrators do to files. */
type Operation =
  | { readonly kind: 'write' | 'replace' | 'folder' | 'remove' | 'loop'; readonly file: string; readonly text: string }
  | { readonly kind: 'link'; readonly file: string; readonly text: string }
  | { readonly kind: 'switch'; readonly text: string }
  | { readonly kind: 'away' | 'back' | 'lock' | 'unlock' }
  | { readonly kind: 'wait'; readonly ms: number };

const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('write' as const, 'replace', 'folder', 'remove', 'loop', 'link'),
      file: fc.constantFrom(...FILES),
      text: fc.string({ minLength: 1, maxLength: 3, unit: 'grapheme-ascii' }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('switch' as const), text: fc.string({ maxLength: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('away' as const, 'back', 'lock', 'unlock') }) },
  // Not for anything to happen, but for operations to fall into different moments of what the watcher does.
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(300) }) },
);

/** Does it, as far as it can be done. */
async function perform(base: string, operation: Operation): Promise<void> {
  const root = path.join(base, 'routes');
  const at = 'file' in operation ? path.join(root, operation.file) : root;
  if (operation.kind === 'wait') await setTimeout(operation.ms);
  else if (operation.kind === 'away') await rename(root, path.join(base, 'away'));
  else if (operation.kind === 'back') await rename(path.join(base, 'away'), root);
  else if (operation.kind === 'lock') await chmod(root, 0o000);
  else if (operation.kind === 'unlock') await chmod(root, 0o755);
  else if (operation.kind === 'write') await writeFile(at, operation.text);
  else if (operation.kind === 'replace') await replace(at, (beside) => writeFile(beside, operation.text));
  else if (operation.kind === 'remove') await rm(at, { recursive: true });
  else if (operation.kind === 'folder') {
    await rm(at, { recursive: true, force: true });
    await mkdir(at);
    await writeFile(path.join(at, 'inner.eskip'), operation.text);
  } else if (operation.kind === 'loop') await replace(at, (beside) => symlink(path.basename(at), beside));
  else if (operation.kind === 'link') await replace(at, (beside) => symlink('..data/k', beside));
  else if (operation.kind === 'switch') await switchVolume(root, operation.text);
}

/** As Kubernetes changes a volume: a new folder, and a link that is renamed over the old one. */
async function switchVolume(root: string, text: string): Promise<void> {
  const folder = await mkdtemp(path.join(root, '..v'));
  await writeFile(path.join(folder, 'k'), text);
  await replace(path.join(root, '..data'), (beside) => symlink(path.basename(folder), beside));
}

async function replace(at: string, make: (beside: string) => Promise<void>): Promise<void> {
  await rm(`${at}~`, { force: true });
  await make(`${at}~`);
  await rename(`${at}~`, at).catch(() => rm(`${at}~`, { force: true }));
}

/** What the files are, by name, null for one that cannot be read; null when the folder is gone or cannot be read. */
async function truth(root: string): Promise<Record<string, string | null> | null> {
  const found: Record<string, string | null> = {};
  const names = await readdir(root).catch(() => null);
  if (names === null) return null;
  for (const name of names.filter((one) => one.endsWith('.eskip') && !one.startsWith('.'))) {
    try {
      const facts = await stat(path.join(root, name));
      if (facts.isFile()) found[name] = await readFile(path.join(root, name), 'utf8');
    } catch (error) {
      // A dangling link is as good as nothing.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') found[name] = null;
    }
  }
  return found;
}

/** A watched folder, and what was delivered of it. */
class Watched {
  readonly state: Record<string, string> = {};
  faults: SourceChange['faults'] = [];
  #source = routeFiles([]);

  async run(operations: readonly Operation[]): Promise<void> {
    const base = await mkdtemp(path.join(os.tmpdir(), 'sluice-model-'));
    const root = path.join(base, 'routes');
    try {
      await mkdir(root);
      for (const name of FILES) await writeFile(path.join(root, name), 'first');
      this.#source = routeFiles([root]);
      await this.#source.start((change) => this.#take(change));
      for (const operation of operations) await perform(base, operation).catch(() => undefined);
      await this.#equals(() => truth(root));
      // What was away, or could not be read, is back: then all has to be right.
      await perform(base, { kind: 'unlock' }).catch(() => undefined);
      await perform(base, { kind: 'back' }).catch(() => undefined);
      await perform(base, { kind: 'unlock' }).catch(() => undefined);
      await this.#equals(() => truth(root));
      assert.notEqual(await truth(root), null);
    } finally {
      await this.#source.close();
      await rm(base, { recursive: true, force: true });
    }
  }

  #take({ put, remove, faults }: SourceChange): void {
    for (const name of remove) delete this.state[path.basename(name)];
    for (const { name, text } of put) this.state[path.basename(name)] = text;
    this.faults = faults;
  }

  /** Resolves when what was delivered is what is there; of a folder that is gone, when that was told. */
  async #equals(truly: () => Promise<Record<string, string | null> | null>): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    const sorted = (state: Record<string, string | null>): string => JSON.stringify(Object.entries(state).sort());
    for (;;) {
      const expected = await truly();
      if (expected === null) {
        if (this.faults.some(({ wasGood }) => wasGood)) return;
      } else {
        // What cannot be read stays what it was, if it was anything, and is told.
        const told = new Set(this.faults.map(({ name }) => path.basename(name)));
        for (const [name, text] of Object.entries(expected)) {
          if (text !== null || !told.has(name)) continue;
          if (this.state[name] === undefined) delete expected[name];
          else expected[name] = this.state[name];
        }
        if (sorted(this.state) === sorted(expected)) return;
      }
      if (performance.now() > deadline) assert.deepEqual([this.state, this.faults], [expected, null]);
      await setTimeout(20);
    }
  }
}

it('what is delivered is what is there, whatever is done to files and folders', { timeout: 300_000 }, async () => {
  await fc.assert(
    // Many at a time: mostly they wait.
    fc.asyncProperty(
      fc.array(fc.array(anyOperation, { minLength: 1, maxLength: 14 }), { minLength: 24, maxLength: 24 }),
      async (sequences) => {
        const ends = await Promise.allSettled(sequences.map((operations) => new Watched().run(operations)));
        ends.forEach((end, at) => {
          if (end.status === 'rejected')
            throw new Error(`${JSON.stringify(sequences[at])}: ${String(end.reason)}`, { cause: end.reason });
        });
      },
    ),
    { numRuns: 2, endOnFailure: true },
  );
});
