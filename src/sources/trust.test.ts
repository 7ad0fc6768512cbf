import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { stampOf } from './scan-folder.ts';
import { writableByOthers } from './trust.ts';

test('code that others than this user can write is told by the rights of the entry, and of the folders above a root', async () => {
  const base = await mkdtemp(path.join(os.tmpdir(), 'sluice-trust-'));
  const root = path.join(base, 'above', 'filters');
  await mkdir(root, { recursive: true });
  const own = process.getegid?.() ?? 0;
  const judge = async (mode: number, group: number, roots: string[] = []): Promise<string | null> =>
    writableByOthers(root, { ...(await stampOf(root)), mode, group }, roots);
  for (const [mode, group, who] of [
    [0o755, own, null],
    [0o644, own + 1, null],
    // The group that systems give each user for himself.
    [0o775, own, null],
    [0o775, own + 1, /the group \d+ can write .*filters \(mode 0775\)/],
    [0o666, own, /everybody can write .*\(mode 0666\); .*--filters-dir/],
    // In a sticky folder others make files too.
    [0o1777, own, /everybody/],
  ] as const) {
    const judged = await judge(mode, group);
    if (who === null) assert.equal(judged, null, mode.toString(8));
    else assert.match(judged ?? '', who);
  }
  const above = path.join(base, 'above');
  assert.equal(await judge(0o755, own, [root]), null);
  await chmod(above, 0o777);
  assert.equal(await judge(0o755, own, []), null);
  assert.match((await judge(0o755, own, [root])) ?? '', /everybody can write .*above \(mode 0777\)/);
  await chmod(above, 0o1777);
  assert.equal(await judge(0o755, own, [root]), null);
  await rm(base, { recursive: true });
});
