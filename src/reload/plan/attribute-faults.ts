import assert from 'node:assert/strict';
import { fileFinding, type LoadedRoute, provisionPlace, recordIn, unmadeFinding } from '../../routes/index.ts';
import type { StageFault } from '../stage/generation.ts';
import { type Refusal, withoutDropIn, withoutFile, withoutRoute } from './left-out.ts';
import { type Plan, type PlanInputs, refusedDropIns } from './plan.ts';
import { liveText, wantedText } from './route-file.ts';

/** What is to be left out of the next plan, since data threads could not take this one: one thing at least. */
export function attributeFaults(faults: readonly StageFault[], plan: Plan, inputs: PlanInputs): readonly Refusal[] {
  const byId = new Map(plan.diff.put.map((route) => [route.id, route]));
  const refuse = faults.flatMap((fault) => {
    // Trying it at each load may cost a thread each time.
    if (fault.kind === 'drop-in') return withoutDropIn(fault.name, [pluginFinding(fault)], 'version');
    const route = fault.kind === 'route' ? byId.get(fault.fault.routeId) : undefined;
    return fault.kind === 'whole' || route === undefined ? [] : attributeRoute(route, fault, plan, inputs);
  });
  const found = refuse.length > 0 ? refuse : withoutAll(faults, plan);
  assert(found.length > 0, 'a plan that changes nothing was refused');
  return found;
}

function pluginFinding({ name, message }: { name: string; message: string }) {
  return fileFinding(name, 'plugin', message);
}

/** A route in a file that changed is the file's fault, any other the fault of a drop-in that changed. */
function attributeRoute(
  route: LoadedRoute,
  { fault, message }: StageFault & { kind: 'route' },
  plan: Plan,
  { routes, dropIns, onInvalid }: PlanInputs,
): readonly Refusal[] {
  const { registry } = plan.dropIns;
  const file = routes.fileOf(route);
  if (file === undefined) return [];
  if (plan.candidates.has(file)) {
    const finding = unmadeFinding({ route, text: wantedText(file) }, fault, message, registry);
    return onInvalid === 'route'
      ? [withoutRoute(file, route.id, registry, finding, 'version')]
      : [withoutFile(file, registry, [finding], 'version')];
  }
  const record = recordIn(route);
  const call = fault.part === 'predicate' ? record.predicates[fault.index] : record.filters[fault.index];
  const place = provisionPlace({ route, text: liveText(file) }, fault, message);
  const problem = `the route "${route.id}" in use would break: ${place}: ${message}`;
  return refusedDropIns(dropIns, plan.dropIns, { name: call?.[0] ?? '', problem });
}

/** All that a plan changes, where nothing in it can be blamed: what is in the way now may be gone later. */
function withoutAll(faults: readonly StageFault[], { dropIns, candidates }: Plan): readonly Refusal[] {
  const why = faults.map(({ message }) => message).join('; ');
  const message = `the data threads could not take this change: ${why}`;
  if (dropIns.changes.size > 0)
    return [...dropIns.changes.keys()].map((name) =>
      withoutDropIn(name, [pluginFinding({ name, message })], 'until-retry'),
    );
  return [...candidates.keys()].map((file) =>
    withoutFile(file, dropIns.registry, [fileFinding(file.name, 'refused', message)], 'until-retry'),
  );
}
