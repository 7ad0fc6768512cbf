import { readAddress } from './address.ts';
import type { BalancedBackend, RouteDef } from './ast.ts';
import { type Diagnostic, problem } from './diagnostic.ts';

/** What the grammar cannot say about one route: predicates that may stand only once, and usable endpoints. */
export function checkRoute(route: RouteDef, errors: Diagnostic[]): void {
  checkDuplicates(route, errors);
  if (route.backend.kind === 'balanced') checkEndpoints(route.backend, errors);
}

function checkDuplicates(route: RouteDef, errors: Diagnostic[]): void {
  let path = false;
  let method = false;
  let headers: Set<string> | null = null;
  for (const { name, args, span } of route.predicates) {
    if (name === 'Path') {
      if (path) errors.push(problem('duplicate-predicate', 'a route takes only one Path predicate', span));
      path = true;
    } else if (name === 'Method') {
      const message = 'a route takes only one Method predicate; use Methods for alternatives';
      if (method) errors.push(problem('duplicate-predicate', message, span));
      method = true;
    } else if (name === 'Header' && args[0]?.kind === 'string') {
      headers ??= new Set();
      const header = args[0].value;
      const message = `a route takes only one Header predicate for the header "${header}"`;
      if (headers.has(header)) errors.push(problem('duplicate-predicate', message, span));
      headers.add(header);
    }
  }
}

function checkEndpoints(backend: BalancedBackend, errors: Diagnostic[]): void {
  let first: string | null = null;
  for (const { url, span } of backend.endpoints) {
    try {
      const { scheme } = readAddress(url);
      first ??= scheme;
      if (scheme === first) continue;
      const message = `the endpoints of a balanced backend share one scheme, found ${scheme} after ${first}`;
      errors.push(problem('bad-endpoint', message, span));
    } catch (error) {
      errors.push(problem('bad-endpoint', (error as Error).message, span));
    }
  }
}
