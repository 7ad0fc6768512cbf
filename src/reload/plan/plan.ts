import {
  byPlace,
  CooperativeYield,
  type Finding,
  fileFinding,
  isError,
  namesTester,
  type Registry,
  type RouteReading,
} from '../../routes/index.ts';
import type { DropInPlan, DropInSet } from './drop-in-set.ts';
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

/** What an error in a route file keeps from being used: the route it stands in, or the whole file. */
export type OnInvalid = 'route' | 'file';

/** What a load leaves out, with the reasons. */
export interface Refusals {
  readonly onInvalid: OnInvalid;
  readonly files: Map<RouteFile, readonly Finding[]>;
  readonly dropIns: Map<string, Finding[]>;
  /** By file and id: routes whose id another file has, where single routes are left out. */
  readonly routes: Map<RouteFile, Map<string, Finding>>;
  /** All that is wrong with files of which the sound routes are used. */
  readonly flawed: Map<RouteFile, readonly Finding[]>;
}

/** Nothing left out yet. */
export function noRefusals(onInvalid: OnInvalid): Refusals {
  return { onInvalid, files: new Map(), dropIns: new Map(), routes: new Map(), flawed: new Map() };
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
    if (registry !== null && plan.registry !== registry) {
      refusals.files.clear();
      refusals.routes.clear();
    }
    refusals.flawed.clear();
    registry = plan.registry;
    const candidates = await candidatesUnder(plan, routes, refusals);
    if (refuseConflicts(routes, { plan, candidates, refusals })) continue;
    const findings = [...candidates.values()].flatMap((reading) => reading?.findings ?? []);
    const warnings = findings.filter((finding) => !isError(finding));
    if (await refuseBreakage(routes, dropIns, { plan, candidates, refusals, warnings })) continue;
    return { dropIns: plan, candidates, diff: diffRoutes(routes, candidates, namesTester(plan.names)), warnings };
  }
}

async function candidatesUnder(plan: DropInPlan, routes: RouteSet, refusals: Refusals): Promise<Candidates> {
  const candidates = new Map<RouteFile, RouteReading | null>();
  for (const file of routes.pending()) {
    if (refusals.files.has(file)) continue;
    const read = file.wanted === null ? null : await routes.read(file, plan.registry, plan.names);
    const left = [refusals.routes.get(file), routes.unmade(file, plan.registry)];
    const reading = read === null ? null : withoutRoutes(read, left);
    const errors = reading?.findings.filter(isError) ?? [];
    if (errors.length > 0 && refusals.onInvalid === 'file') refusals.files.set(file, reading?.findings ?? []);
    else candidates.set(file, reading);
    if (errors.length > 0 && refusals.onInvalid === 'route') refusals.flawed.set(file, errors);
  }
  return candidates;
}

/** A reading without some of its routes, and with the findings that are the reason. */
function withoutRoutes(
  reading: RouteReading,
  left: readonly (ReadonlyMap<string, Finding> | undefined)[],
): RouteReading {
  const out = new Map(left.flatMap((one) => [...(one ?? [])]));
  if (out.size === 0) return reading;
  const stays = (_: unknown, at: number): boolean => !out.has(reading.routes[at]?.id ?? '');
  return {
    routes: reading.routes.filter(stays),
    from: reading.from.filter(stays),
    findings: [...reading.findings, ...out.values()].sort(byPlace),
  };
}

function refuseConflicts(routes: RouteSet, { plan, candidates, refusals }: Omit<Draft, 'warnings'>): boolean {
  const { files } = refusals;
  const { registry } = plan;
  const conflicts = findConflicts(routes, candidates);
  for (const conflict of conflicts) {
    const { file, id } = conflict;
    const finding = conflictFinding(conflict, registry);
    if (refusals.onInvalid === 'file') files.set(file, [...(files.get(file) ?? []), finding]);
    else refusals.routes.set(file, new Map(refusals.routes.get(file)).set(id, finding));
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
  const pause = new CooperativeYield();
  for (const file of routes.files()) {
    if (candidates.has(file)) continue;
    for (const placed of placedRoutes(file)) {
      if (!isConcerned(placed.route)) continue;
      await pause.yieldIfDue();
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
