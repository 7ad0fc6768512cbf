// Every link of every page leads somewhere, and every page can be reached.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { anchorsOf, linksOf, type Page, pages } from './markdown.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const byPath = new Map(pages.map((page) => [page.path, page]));

/** The page or file that a link leads to, from the root; null for a place on the web. */
function destination(from: Page, target: string): string | null {
  if (/^[a-z]+:/.test(target)) return null;
  const [path = ''] = target.split('#');
  return path === '' ? from.path : normalize(join(dirname(from.path), path)).replace(/\/$/, '');
}

test('links lead to pages, files and headings that there are', () => {
  const lost = pages.flatMap((page) =>
    linksOf(page).filter(({ target }) => {
      const to = destination(page, target);
      if (to === null) return false;
      if (!existsSync(join(ROOT, to))) return true;
      const [, anchor] = target.split('#');
      const known = byPath.get(to);
      return anchor !== undefined && known !== undefined && !anchorsOf(known).has(anchor);
    }),
  );
  assert.deepEqual(lost, []);
});

test('every page of docs is reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const path of reached) {
    const page = byPath.get(path);
    if (page === undefined) continue;
    for (const { target } of linksOf(page)) {
      const to = destination(page, target);
      if (to !== null) reached.add(byPath.has(to) ? to : join(to, 'README.md'));
    }
  }
  const lost = pages.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !reached.has(path));
  assert.deepEqual(lost, []);
});
