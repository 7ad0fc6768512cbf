import { type CodeEntry, findingMaker, SYNTAX_CODES } from '../../../grammar/index.ts';

/** Every code that a finding may have, by what it is about. docs/reference/findings.md is made of this table. */
export const CODES = {
  ...SYNTAX_CODES,
  'duplicate-id': { severity: 'error', means: 'Two routes have one id, in one file or in two.' },
  'duplicate-predicate': {
    severity: 'error',
    means: 'A predicate stands twice that a route takes once: a path, a method, a header of one name.',
  },
  'bad-endpoint': {
    severity: 'error',
    means: 'An endpoint of a balanced backend is no usable address, or has another scheme than the others.',
  },
  'bad-backend': { severity: 'error', means: 'A backend is no usable address, or cannot be made.' },
  'unknown-predicate': { severity: 'error', means: 'There is no predicate of this name.' },
  'unknown-filter': { severity: 'error', means: 'There is no filter of this name.' },
  'unknown-algorithm': { severity: 'error', means: 'There is no balancing algorithm of this name.' },
  'refused-predicate': { severity: 'error', means: 'The predicate is known, and not supported; the message says why.' },
  'refused-filter': { severity: 'error', means: 'The filter is known, and not supported; the message says why.' },
  'refused-algorithm': { severity: 'error', means: 'The algorithm is known, and not supported; the message says why.' },
  'bad-argument': { severity: 'error', means: 'A predicate or filter does not take these arguments.' },
  plugin: {
    severity: 'error',
    means: 'A drop-in does not load, clashes with another name, or would break a route in use.',
  },
  refused: { severity: 'error', means: 'The data threads could not take a change, and nothing in it can be blamed.' },
  'out-of-use': {
    severity: 'error',
    means: 'A drop-in or script ended threads again and again; its routes answer 503.',
  },
  unreadable: { severity: 'error', means: 'A file or folder cannot be read.' },
  encoding: { severity: 'error', means: 'A file is not UTF-8.' },
  internal: { severity: 'error', means: 'Sluice made a mistake; what was in use stays in use.' },
  advice: { severity: 'warning', means: 'Legal, and hardly meant.' },
  placeholder: { severity: 'warning', means: 'A placeholder in a template stands for nothing.' },
  'never-matches': { severity: 'warning', means: 'No request reaches the route.' },
  'self-loopback': { severity: 'warning', means: 'A loopback leads to its own route, again and again.' },
  'dynamic-backend': { severity: 'warning', means: 'No filter says where a <dynamic> backend is.' },
  unwatched: { severity: 'warning', means: 'Changes of files may be noticed late, or not at all.' },
} as const satisfies Readonly<Record<string, CodeEntry>>;

/** A code that a finding may have. */
export type FindingCode = keyof typeof CODES;

/** Makes a finding; the table of codes says how bad it is. */
export const finding = findingMaker<FindingCode>(CODES);
