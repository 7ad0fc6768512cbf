import type { Backend, Call, Finding, RouteDef, TextPlace } from '../../../grammar/index.ts';
import { type Advising, adviseArgs, readArgs } from '../../plugin/index.ts';
import { finding } from '../findings/codes.ts';
import type { NamedSpec, Namespace } from '../names/namespace.ts';
import type { Registry } from '../names/registry.ts';
import type { ProvisionFault } from '../provision-fault.ts';
import { adviseRoute } from './advise-route.ts';
import { checkAddress, endpointFindings, repeatedPredicates } from './check-form.ts';

type CallKind = 'predicate' | 'filter';

/**
 * What is wrong with one route beyond its syntax: form, names, arguments, backend (errors); and what its specs advise
 * about their arguments (warnings). Makes no instance.
 */
export function checkRoute(def: RouteDef, registry: Registry): Finding<TextPlace>[] {
  const found: Finding<TextPlace>[] = [];
  for (const call of def.predicates) checkCall(call, 'predicate', registry, found);
  for (const call of def.filters) checkCall(call, 'filter', registry, found);
  found.push(...repeatedPredicates(def.predicates));
  checkBackend(def.backend, registry, found);
  found.push(...adviseRoute(def, registry));
  return found;
}

/** The finding of what only provisioning found, at its place in the definition. */
export function provisionFinding(
  failed: ProvisionFault & { readonly message: string },
  def: RouteDef,
): Finding<TextPlace> {
  if (failed.part === 'backend') return finding('bad-backend', failed.message, backendSpan(def.backend));
  const call = (failed.part === 'predicate' ? def.predicates : def.filters)[failed.index];
  const span = call?.args[failed.argIndex]?.span ?? call?.nameSpan ?? def.span;
  return finding('bad-argument', failed.message, span);
}

/** What fails to make a balanced backend is its algorithm. */
function backendSpan(backend: Backend): TextPlace {
  return (backend.kind === 'balanced' ? backend.algorithmSpan : null) ?? backend.span;
}

function checkCall(call: Call, kind: CallKind, registry: Registry, found: Finding<TextPlace>[]): void {
  const spec: (NamedSpec & Advising) | undefined = namesOf(kind, registry).get(call.name);
  if (spec === undefined) {
    found.push(misplaced(call, kind, registry) ?? unknownName(kind, call.name, namesOf(kind, registry), call.nameSpan));
    return;
  }
  const values = call.args.map(({ value }) => value);
  const { read, faults } = readArgs(spec.args, values);
  const place = (index: number): TextPlace => call.args[index]?.span ?? call.nameSpan;
  for (const { index, message, part } of faults) {
    const whole = place(index);
    const at = part === undefined || call.args[index]?.kind === 'number' ? whole : { ...whole, part };
    found.push(finding('bad-argument', `${call.name}: ${message}`, at));
  }
  if (faults.length > 0) return;
  for (const { index, message } of adviseArgs(spec, read, values.length))
    found.push(finding('advice', `${call.name}: ${message}`, place(index)));
}

function namesOf(kind: CallKind, registry: Registry): Namespace<NamedSpec & Advising> {
  return kind === 'predicate' ? registry.predicates : registry.filters;
}

/** A filter among the predicates, or the other way round. */
function misplaced({ name, nameSpan }: Call, kind: CallKind, registry: Registry): Finding<TextPlace> | null {
  const other = kind === 'predicate' ? 'filter' : 'predicate';
  if (namesOf(other, registry).get(name) === undefined) return null;
  const place =
    other === 'filter' ? "filters come after the first '->'" : "predicates stand in front of the first '->'";
  return finding(`unknown-${kind}`, `"${name}" is a ${other}, not a ${kind}; ${place}`, nameSpan);
}

function unknownName<S extends NamedSpec>(
  kind: CallKind | 'algorithm',
  name: string,
  names: Namespace<S>,
  span: TextPlace,
): Finding<TextPlace> {
  const reason = names.refusal(name);
  if (reason !== undefined) return finding(`refused-${kind}`, `${kind} "${name}" is not supported: ${reason}`, span);
  return finding(`unknown-${kind}`, `unknown ${kind} "${name}"`, span, names.suggest(name));
}

function checkBackend(backend: Backend, registry: Registry, found: Finding<TextPlace>[]): void {
  if (backend.kind === 'network') {
    // An empty address is legal: the filters of such a route answer.
    if (backend.url === '') return;
    const address = checkAddress(backend, 'bad-backend', found);
    if (address !== null && address.weight !== 1)
      found.push(finding('advice', 'a weight means nothing where there is one address', backend.span));
  } else if (backend.kind === 'balanced') {
    const { algorithm, algorithmSpan } = backend;
    if (algorithm !== null && registry.balancers.get(algorithm) === undefined)
      found.push(unknownName('algorithm', algorithm, registry.balancers, algorithmSpan ?? backend.span));
    found.push(...endpointFindings(backend));
  }
}
