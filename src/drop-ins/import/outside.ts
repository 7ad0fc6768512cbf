import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DropInModule } from './module-hooks.ts';

/** Whether a file that a drop-in imports is one whose changes are followed: JSON and ES modules that are of no package. */
export function isWatchable(url: string): boolean {
  return /^file:.*\.(json|m?js|m?ts)$/.test(url) && !url.includes('/node_modules/');
}

/**
 * A file that is imported and is no drop-in, as it is now; null when it is not there, or a CommonJS module. Its version is
 * another one when it, or what it imports, says something else; `versionOf` knows what is a drop-in.
 */
export function outsideModule(url: string, versionOf: (url: string) => string | null): DropInModule | null {
  const text = textOf(url);
  if (text === null) return null;
  const hash = createHash('sha1');
  for (const version of versionsIn(url, text, versionOf)) hash.update(version).update('\n');
  return { url: `${url}?v=${hash.digest().readUInt32BE(0)}`, text, imports: {} };
}

/** The texts, or versions, of a file and all that it imports, directly or not. */
function versionsIn(url: string, text: string, versionOf: (url: string) => string | null): string[] {
  const found = new Map([[url, text]]);
  for (const [at, said] of found) {
    if (!isWatchable(at)) continue;
    for (const specifier of importsIn(said)) {
      const target = new URL(specifier, at).href;
      if (!found.has(target)) found.set(target, versionOf(target) ?? textOf(target) ?? '');
    }
  }
  return [...found.values()];
}

function textOf(url: string): string | null {
  try {
    const text = readFileSync(fileURLToPath(url), 'utf8');
    return url.endsWith('.js') && !/^\s*(?:import|export)\b/m.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** What a module imports of files, whenever that is. */
function importsIn(text: string): string[] {
  const found = text.matchAll(/\b(?:from|import)\s*\(?\s*(['"])(\.{0,2}\/[^'"]+)\1/g);
  return [...found].map(([, , specifier]) => specifier as string);
}

/** What a module imports by `import('./name')` while it runs, of files; names that are put together are not seen. */
export function dynamicImports(text: string): string[] {
  return [...text.matchAll(/\bimport\s*\(\s*(['"`])(\.{0,2}\/[^'"`$]+)\1/g)].map(
    ([, , specifier]) => specifier as string,
  );
}

/** Whether a module imports by names that it puts together. */
export function importsByComputedName(text: string): boolean {
  return /\bimport\s*\(\s*(?![\s'"]|`[^`$]*`)/.test(text);
}
