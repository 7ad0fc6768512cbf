// Writes docs/reference from the specs; with --check it only says whether the pages there are fresh.
import { findingsPage } from '../src/cli/reference/findings-page.ts';
import { referenceOf } from '../src/cli/reference/reference.ts';
import { referencePages } from '../src/cli/reference/reference-page.ts';
import { optionsPage } from '../src/config/index.ts';
import { builtinRegistry } from '../src/vocabulary/index.ts';
import { keepFresh } from './generated.ts';

const pages: Readonly<Record<string, string>> = {
  ...referencePages(referenceOf(builtinRegistry())),
  'findings.md': findingsPage(),
  'options.md': optionsPage(),
};

keepFresh(Object.fromEntries(Object.entries(pages).map(([name, page]) => [`docs/reference/${name}`, page])));
