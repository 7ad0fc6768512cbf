import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

const found = findPackageJSON(import.meta.url);

/** The version in our package.json. */
export const version: string =
  found === undefined ? 'unknown' : (JSON.parse(readFileSync(found, 'utf8')) as { version: string }).version;
