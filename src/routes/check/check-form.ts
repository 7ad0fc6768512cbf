import type { BalancedBackend, Call, EndpointDef, Finding, RouteDef, TextPlace } from '../../../grammar/index.ts';
import { type Address, readAddress } from '../../http/index.ts';
import { finding } from '../findings/codes.ts';

/** Predicates of which a route takes one, by what they are one of; and those that Skipper's parser counts. */
const ONE_OF: Readonly<Record<string, string>> = { Path: 'path', PathSubtree: 'path', Method: 'method' };
const COUNTED_BY_SKIPPER: ReadonlySet<string> = new Set(['Path', 'Method', 'Header']);

/**
 * What is wrong with one route whatever its names mean, as Skipper's parser sees it: predicates that it takes once, and the
 * endpoints of its backend.
 */
export function checkForm({ predicates, backend }: RouteDef): Finding<TextPlace>[] {
  const found = repeatedPredicates(predicates.filter(({ name }) => COUNTED_BY_SKIPPER.has(name)));
  return [...found, ...(backend.kind === 'balanced' ? endpointFindings(backend) : [])];
}

/** Whether a predicate says where in the path trie a route stands. */
export function isPath(name: string): boolean {
  return ONE_OF[name] === 'path';
}

/** The predicates that stand again although a route takes one of their kind. */
export function repeatedPredicates(predicates: readonly Call[]): Finding<TextPlace>[] {
  const found: Finding<TextPlace>[] = [];
  const met = new Map<string, string>();
  for (const { name, args, span } of predicates) {
    const header = name === 'Header' && args[0]?.kind === 'string' ? args[0].value : null;
    const key = header === null ? ONE_OF[name] : `header ${header}`;
    if (key === undefined) continue;
    const first = met.get(key);
    if (first !== undefined) found.push(finding('duplicate-predicate', onlyOne(name, first, header), span));
    else met.set(key, name);
  }
  return found;
}

/** Provisioning says the same where a predicate of another name claims a path too. */
export const ONE_PATH = 'a route takes only one Path or PathSubtree';

function onlyOne(name: string, first: string, header: string | null): string {
  if (header !== null) return `a route takes only one Header predicate for the header "${header}"`;
  if (name === 'Method') return 'a route takes only one Method predicate; use Methods for alternatives';
  return name === 'Path' && first === 'Path' ? 'a route takes only one Path predicate' : ONE_PATH;
}

/** What is wrong with the endpoints of a balanced backend, and what is worth saying of them. */
export function endpointFindings({ endpoints }: BalancedBackend): Finding<TextPlace>[] {
  const found: Finding<TextPlace>[] = [];
  let first: string | null = null;
  for (const { url, span } of endpoints) {
    const address = checkAddress({ url, span }, 'bad-endpoint', found);
    if (address === null) continue;
    const { scheme } = address;
    first ??= scheme;
    if (scheme === first) continue;
    const message = `the endpoints of a balanced backend share one scheme, found ${scheme} after ${first}`;
    found.push(finding('bad-endpoint', message, span));
  }
  return found;
}

/** Reads an address; adds to `found` why it cannot be used, or what is worth saying of it. */
export function checkAddress(
  { url, span }: EndpointDef,
  code: 'bad-endpoint' | 'bad-backend',
  found: Finding<TextPlace>[],
): Address | null {
  try {
    const address = readAddress(url);
    if (address.advice !== null) found.push(finding('advice', address.advice, span));
    return address;
  } catch (error) {
    found.push(finding(code, (error as Error).message, span));
    return null;
  }
}
