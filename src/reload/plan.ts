import type { Registry } from '../routing/index.ts';
import { Breath } from './breath.ts';
import type { DropInPlan, DropInSet } from './drop-in-set.ts';
import type { Finding } from './finding.ts';
import { fileFinding } from './finding.ts';
import { namesTester } from './loaded-route.ts';
import type { RouteReading } from './read-routes.ts';
import { diffRoutes, findConflicts, placedRoutes } from './route-diff.ts';
import type { Candidates, RouteDiff, RouteFile } from './route-file.ts';
import { conflictFinding, recheck } from './route-finding.ts';
import type { RouteSet } from './route-set.ts';

/** What a load puts into use. */
export interface Plan {
  readonly dropIns: DropInPlan;
  readonly candidates: Candidates;
  readonly diff: RouteDiff;
  /** What is worth saying about the routes that are new or read anew; it keeps nothing from being used. */
  readonly warnings: Finding[];
}

/** What a load leaves out, with the reasons. */
export interface Refusals {
  readonly files: Map<RouteFile, readonly Finding[]>;
  readonly dropIns: Map<string, Finding[]>;
}

/**
 * The largest change that is sound: all that is pending, without the files and drop-ins that have an error or would break
 * what is in use. Those are added to `refusals`.
 */
export async function makePlan(routes: RouteSet, dropIns: DropInSet, refusals: Refusals): Promise<Plan> {
  let registry: Registry | null = null;
  for (;;) {
    const plan = dropIns.plan(refusals.dropIns);
    // What was wrong with a file under other names may be right under these.
    if (registry !== null && plan.registry !== registry) refusals.files.clear();
    registry = plan.registry;
    const candidates = await candidatesUnder(plan, routes, refusals);
    if (refuseConflicts(routes, candidates, refusals)) continue;
    const warnings = [...candidates.values()].flatMap((reading) => reading?.findings ?? []);
    if (await refuseBreakage(routes, dropIns, { plan, candidates, refusals, warnings })) continue;
    return { dropIns: plan, candidates, diff: diffRoutes(routes, candidates, namesTester(plan.names)), warnings };
  }
}

async function candidatesUnder(plan: DropInPlan, routes: RouteSet, { files }: Refusals): Promise<Candidates> {
  const candidates = new Map<RouteFile, RouteReading | null>();
  for (const file of routes.pending()) {
    if (files.has(file)) continue;
    const reading = file.wanted === null ? null : await routes.read(file, plan.registry, plan.names);
    if (reading?.findings.some(({ severity }) => severity === 'error')) files.set(file, reading.findings);
    else candidates.set(file, reading);
  }
  return candidates;
}

function refuseConflicts(routes: RouteSet, candidates: Candidates, { files }: Refusals): boolean {
  const conflicts = findConflicts(routes, candidates);
  for (const conflict of conflicts) {
    files.set(conflict.file, [...(files.get(conflict.file) ?? []), conflictFinding(conflict)]);
  }
  return conflicts.length > 0;
}

/** A plan in the making. */
interface Draft {
  readonly plan: DropInPlan;
  readonly candidates: Candidates;
  readonly refusals: Refusals;
  readonly warnings: Finding[];
}

/** Refuses drop-in changes under which a route in use would be wrong; adds to the warnings what they advise about those. */
async function refuseBreakage(
  routes: RouteSet,
  dropIns: DropInSet,
  { plan, candidates, refusals, warnings }: Draft,
): Promise<boolean> {
  if (plan.names.size === 0) return false;
  const wrong = routes.defaults.broken(plan.registry);
  if (wrong !== null) {
    refuseDropIns(dropIns, plan, refusals, wrong);
    return true;
  }
  const isConcerned = namesTester(plan.names);
  const breath = new Breath();
  for (const file of routes.files()) {
    if (candidates.has(file)) continue;
    for (const placed of placedRoutes(file)) {
      if (!isConcerned(placed.route)) continue;
      await breath.take();
      const { broken, advice } = recheck(placed, plan.registry);
      warnings.push(...advice);
      if (broken === null) continue;
      refuseDropIns(dropIns, plan, refusals, broken);
      return true;
    }
  }
  return false;
}

/** Refuses the drop-in changes that concern a name, or all when none does. */
export function refuseDropIns(
  dropIns: DropInSet,
  plan: DropInPlan,
  refusals: Refusals,
  { name, problem }: { name: string; problem: string },
): void {
  const concerned = dropIns.changesOf(plan, name);
  for (const file of concerned.length > 0 ? concerned : plan.changes.keys()) {
    refusals.dropIns.set(file, [fileFinding(file, 'plugin', problem)]);
  }
}
