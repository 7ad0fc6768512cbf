import { fileFinding, recordIn } from '../../routes/index.ts';
import type { StageFault } from '../stage/generation.ts';
import type { DropInSet } from './drop-in-set.ts';
import { type Plan, type Refusals, refuseDropIns } from './plan.ts';
import type { PlacedRoute } from './route-file.ts';
import { provisionPlace, unmadeFinding } from './route-finding.ts';
import type { RouteSet } from './route-set.ts';

/** What a plan was made of. */
interface Surroundings {
  readonly routes: RouteSet;
  readonly dropIns: DropInSet;
  readonly refusals: Refusals;
}

/**
 * Adds to the refusals what data threads could not take. At least one thing is refused, or this would never end; says
 * whether that is so because nothing could be blamed, and is worth another try.
 */
export function blame(faults: readonly StageFault[], plan: Plan, surroundings: Surroundings): boolean {
  const { files, dropIns } = surroundings.refusals;
  let refused = 0;
  const before = files.size + dropIns.size;
  const placed = new Map(plan.diff.put.map((one) => [one.route.id, one]));
  for (const fault of faults) {
    if (fault.kind === 'drop-in') giveUp(fault.name, fault.message, surroundings, false);
    else if (fault.kind === 'route') {
      const one = placed.get(fault.fault.routeId);
      if (one !== undefined && blameRoute(one, fault, plan, surroundings)) refused++;
    }
  }
  if (refused + files.size + dropIns.size > before) return false;
  const message = `the data threads could not take this change: ${faults.map((fault) => fault.message).join('; ')}`;
  for (const file of plan.dropIns.changes.keys()) giveUp(file, message, surroundings, true);
  if (plan.dropIns.changes.size > 0) return true;
  for (const file of plan.candidates.keys()) {
    const finding = fileFinding(file.name, 'refused', message);
    files.set(file, [finding]);
    surroundings.routes.spoil(file, finding);
  }
  return true;
}

/** Refuses a version of a drop-in: trying it at each load may cost a thread each time. */
function giveUp(name: string, message: string, { dropIns, refusals }: Surroundings, again: boolean): void {
  const finding = fileFinding(name, 'plugin', message);
  refusals.dropIns.set(name, [finding]);
  dropIns.giveUp(name, finding, again);
}

/**
 * A route in a file that changed is the file's fault, any other the fault of a drop-in that changed. Says whether it was left
 * out alone.
 */
function blameRoute(
  placed: PlacedRoute,
  { fault, message }: StageFault & { kind: 'route' },
  plan: Plan,
  { routes, dropIns, refusals }: Surroundings,
): boolean {
  const { file, route, order } = placed;
  if (plan.candidates.has(file)) {
    const finding = unmadeFinding(placed, fault, message, plan.dropIns.registry);
    if (refusals.onInvalid === 'route') {
      routes.leaveOut(file, route.id, plan.dropIns.registry, finding);
      return true;
    }
    refusals.files.set(file, [...(refusals.files.get(file) ?? []), finding]);
    routes.spoil(file, finding);
    return false;
  }
  const record = recordIn(route, order);
  const call = fault.part === 'predicate' ? record.predicates[fault.index] : record.filters[fault.index];
  const place = provisionPlace(placed, fault, message);
  const problem = `the route "${route.id}" in use would break: ${place}: ${message}`;
  refuseDropIns(dropIns, plan.dropIns, refusals, { name: call?.[0] ?? '', problem });
  return false;
}
