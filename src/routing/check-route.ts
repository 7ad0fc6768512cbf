import {
  type Address,
  type Backend,
  type Call,
  type Diagnostic,
  type RouteDef,
  readAddress,
} from '../../grammar/index.ts';
import { type Advising, adviseArgs, readArgs } from '../plugin/index.ts';
import { fault, warning } from './finding.ts';
import { adviseRoute } from './lints.ts';
import type { NamedSpec, Namespace } from './namespace.ts';
import type { ProvisionFault } from './provision.ts';
import type { Registry } from './registry.ts';

type CallKind = 'predicate' | 'filter';

/**
 * What is wrong with one route beyond its syntax: names, arguments, paths, backend (errors); and what its specs advise
 * about their arguments (warnings). Makes no instance.
 */
export function checkRoute(def: RouteDef, registry: Registry): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const call of def.predicates) checkCall(call, 'predicate', registry, found);
  for (const call of def.filters) checkCall(call, 'filter', registry, found);
  checkPaths(def, found);
  checkBackend(def.backend, registry, found);
  found.push(...adviseRoute(def, registry));
  return found;
}

/** The diagnostic of what only provisioning found, at its place in the definition. */
export function provisionDiagnostic(failed: ProvisionFault & { readonly message: string }, def: RouteDef): Diagnostic {
  if (failed.part === 'backend') return fault('bad-backend', failed.message, backendSpan(def.backend));
  const call = (failed.part === 'predicate' ? def.predicates : def.filters)[failed.index];
  const span = call?.args[failed.argIndex]?.span ?? call?.nameSpan ?? def.span;
  return fault('bad-argument', failed.message, span);
}

/** What fails to make a balanced backend is its algorithm. */
function backendSpan(backend: Backend): Diagnostic['span'] {
  return (backend.kind === 'balanced' ? backend.algorithmSpan : null) ?? backend.span;
}

function checkCall(call: Call, kind: CallKind, registry: Registry, found: Diagnostic[]): void {
  const spec: (NamedSpec & Advising) | undefined = namesOf(kind, registry).get(call.name);
  if (spec === undefined) {
    found.push(misplaced(call, kind, registry) ?? unknownName(kind, call.name, namesOf(kind, registry), call.nameSpan));
    return;
  }
  const values = call.args.map(({ value }) => value);
  const { read, faults } = readArgs(spec.args, values);
  const place = (index: number): Diagnostic['span'] => call.args[index]?.span ?? call.nameSpan;
  for (const { index, message, part } of faults) {
    const one = fault('bad-argument', `${call.name}: ${message}`, place(index));
    found.push(part === undefined || call.args[index]?.kind === 'number' ? one : { ...one, part });
  }
  if (faults.length > 0) return;
  for (const { index, message } of adviseArgs(spec, read, values.length))
    found.push(warning('advice', `${call.name}: ${message}`, place(index)));
}

function namesOf(kind: CallKind, registry: Registry): Namespace<NamedSpec & Advising> {
  return kind === 'predicate' ? registry.predicates : registry.filters;
}

/** A filter among the predicates, or the other way round. */
function misplaced({ name, nameSpan }: Call, kind: CallKind, registry: Registry): Diagnostic | null {
  const other = kind === 'predicate' ? 'filter' : 'predicate';
  if (namesOf(other, registry).get(name) === undefined) return null;
  const place =
    other === 'filter' ? "filters stand behind the first '->'" : "predicates stand in front of the first '->'";
  return fault(`unknown-${kind}`, `"${name}" is a ${other}, not a ${kind}; ${place}`, nameSpan);
}

function unknownName<S extends NamedSpec>(
  kind: CallKind | 'algorithm',
  name: string,
  names: Namespace<S>,
  span: Diagnostic['span'],
): Diagnostic {
  const reason = names.refusal(name);
  if (reason !== undefined) return fault(`refused-${kind}`, `${kind} "${name}" is not supported: ${reason}`, span);
  return fault(`unknown-${kind}`, `unknown ${kind} "${name}"`, span, names.suggest(name));
}

function checkPaths(def: RouteDef, found: Diagnostic[]): void {
  const paths = def.predicates.filter(({ name }) => name === 'Path' || name === 'PathSubtree');
  for (const extra of paths.slice(1)) {
    found.push(fault('duplicate-predicate', 'a route takes only one Path or PathSubtree', extra.span));
  }
}

function checkBackend(backend: Backend, registry: Registry, found: Diagnostic[]): void {
  if (backend.kind === 'network') {
    // An empty address is legal: the filters of such a route answer.
    if (backend.url === '') return;
    const address = checkAddress(backend.url, backend.span, found);
    if (address !== null && address.weight !== 1)
      found.push(warning('advice', 'a weight means nothing where there is one address', backend.span));
  } else if (backend.kind === 'balanced') {
    const { algorithm, algorithmSpan, endpoints } = backend;
    if (algorithm !== null && registry.balancers.get(algorithm) === undefined) {
      found.push(unknownName('algorithm', algorithm, registry.balancers, algorithmSpan ?? backend.span));
    }
    for (const endpoint of endpoints) checkAddress(endpoint.url, endpoint.span, found);
  }
}

function checkAddress(url: string, span: Diagnostic['span'], found: Diagnostic[]): Address | null {
  try {
    const address = readAddress(url);
    if (address.advice !== null) found.push(warning('advice', address.advice, span));
    return address;
  } catch (error) {
    found.push(fault('bad-backend', (error as Error).message, span));
    return null;
  }
}
