// Writes docs/reference from the specs; with --check it only says whether the pages there are fresh.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findingsPage } from '../src/cli/reference/findings-page.ts';
import { referenceOf } from '../src/cli/reference/reference.ts';
import { referencePages } from '../src/cli/reference/reference-page.ts';
import { optionsPage } from '../src/config/index.ts';
import { builtinRegistry } from '../src/vocabulary/index.ts';

const FOLDER = join(import.meta.dirname, '..', 'docs', 'reference');

const pages: Readonly<Record<string, string>> = {
  ...referencePages(referenceOf(builtinRegistry())),
  'findings.md': findingsPage(),
  'options.md': optionsPage(),
};

const check = process.argv.includes('--check');
const stale = Object.entries(pages).filter(
  ([name, page]) => !existsSync(join(FOLDER, name)) || readFileSync(join(FOLDER, name), 'utf8') !== page,
);
if (check) {
  for (const [name] of stale) console.error(`docs/reference/${name} is stale: npm run docs`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, page] of stale) writeFileSync(join(FOLDER, name), page);
}
