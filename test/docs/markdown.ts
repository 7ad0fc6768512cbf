import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** A page of Markdown in this repository. */
export interface Page {
  /** From the root, as `docs/eskip.md`. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly code: string;
  /** Where its code begins, as `docs/eskip.md:12`. */
  readonly place: string;
}

/** Every page that a reader of the repository meets. */
export const pages: readonly Page[] = globSync(['*.md', 'docs/**/*.md', 'deploy/**/*.md', 'routes/**/*.md'], {
  cwd: ROOT,
})
  .sort()
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

/** The fenced blocks of a page, in order. */
export function blocksOf({ path, text }: Page): Block[] {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```/gms)].map(({ 1: language = '', 2: code = '', index }) => ({
    language,
    code,
    place: `${path}:${text.slice(0, index).split('\n').length + 1}`,
  }));
}

/** The page without its code: what links and headings are read from. */
export function proseOf({ text }: Page): string {
  return text
    .replace(/^```.*?^```/gms, (block) => block.replace(/[^\n]/g, ''))
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]]/g, ' '));
}

/** The targets of the links of a page, with their lines. */
export function linksOf(page: Page): { target: string; place: string }[] {
  const prose = proseOf(page);
  return [...prose.matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map(({ 1: target = '', index }) => ({
    target,
    place: `${page.path}:${prose.slice(0, index).split('\n').length}`,
  }));
}

/** The anchors that the headings of a page make, as GitHub names them. */
export function anchorsOf({ text }: Page): Set<string> {
  const headings = text.replace(/^```.*?^```/gms, '').matchAll(/^#+ (.*)$/gm);
  const names = [...headings].map(([, heading = '']) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
  return new Set(
    names.map((name, at) =>
      names.indexOf(name) === at ? name : `${name}-${names.slice(0, at).filter((each) => each === name).length}`,
    ),
  );
}
