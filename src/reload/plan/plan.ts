import {
  byPlace,
  CooperativeYield,
  conflictFinding,
  type Finding,
  fileFinding,
  isError,
  namesTester,
  RoutePlaces,
  type RouteReading,
  recheck,
} from '../../routes/index.ts';
import { diffRoutes, findConflicts } from './diff.ts';
import type { DropInPlan, DropInSet } from './drop-in-set.ts';
import { type LeftOut, type OnInvalid, type Refusal, withoutDropIn, withoutFile, withoutRoute } from './left-out.ts';
import { type Candidates, liveText, type RouteDiff, type RouteFile } from './route-file.ts';
import type { RouteSet } from './route-set.ts';

/** What a plan is made of: what is in use, what is wanted, and what of that is left out. */
export interface PlanInputs {
  readonly routes: RouteSet;
  readonly dropIns: DropInSet;
  readonly onInvalid: OnInvalid;
  readonly leftOut: LeftOut;
}

/** What a load puts into use. */
export interface Plan {
  readonly dropIns: DropInPlan;
  readonly candidates: Candidates;
  readonly diff: RouteDiff;
  /** What is worth saying about the routes that are new or read anew; it keeps nothing from being used. */
  readonly warnings: readonly Finding[];
  /** All that is wrong with files of which the sound routes are used. */
  readonly flawed: ReadonlyMap<RouteFile, readonly Finding[]>;
}

/** A change that is sound, or what more is to be left out before there can be one: one thing at least. */
export type PlanOutcome = { readonly change: Plan } | { readonly refuse: readonly Refusal[] };

/**
 * Plans to put into use all that is wanted but what is left out. Changes nothing: the same inputs give the same outcome.
 * Refused are files and drop-ins that have an error or would break what is in use.
 */
export async function plan(inputs: PlanInputs): Promise<PlanOutcome> {
  const { routes, dropIns, leftOut } = inputs;
  const planned = dropIns.plan(leftOut.dropIns);
  if ('refuse' in planned) return planned;
  const read = await candidatesUnder(planned, inputs);
  if ('refuse' in read) return read;
  const { candidates, flawed } = read;
  const conflicts = refusedConflicts(candidates, planned, inputs);
  if (conflicts.length > 0) return { refuse: conflicts };
  const breakage = await findBreakage(candidates, planned, inputs);
  if ('refuse' in breakage) return breakage;
  const findings = [...candidates.values()].flatMap((reading) => reading?.findings ?? []);
  const warnings = [...findings.filter((finding) => !isError(finding)), ...breakage.advice];
  const diff = diffRoutes(routes, candidates, namesTester(planned.names));
  return { change: { dropIns: planned, candidates, diff, warnings, flawed } };
}

interface Refused {
  readonly refuse: readonly Refusal[];
}

/** Reads the files that are not as they are on disk. */
async function candidatesUnder(
  { registry, names }: DropInPlan,
  { routes, onInvalid, leftOut }: PlanInputs,
): Promise<Pick<Plan, 'candidates' | 'flawed'> | Refused> {
  const candidates = new Map<RouteFile, RouteReading | null>();
  const flawed = new Map<RouteFile, readonly Finding[]>();
  const refuse: Refusal[] = [];
  for (const file of routes.pending()) {
    if (leftOut.ofFile(file, registry).length > 0) continue;
    const read = file.wanted === null ? null : await routes.read(file, registry, names);
    const reading = read === null ? null : withoutRoutes(read, leftOut.routesOf(file, registry));
    const findings = reading?.findings ?? [];
    const errors = findings.filter(isError);
    if (errors.length > 0 && onInvalid === 'file') refuse.push(withoutFile(file, registry, findings));
    else candidates.set(file, reading);
    if (errors.length > 0) flawed.set(file, errors);
  }
  return refuse.length > 0 ? { refuse } : { candidates, flawed };
}

/** A reading without some of its routes, and with the findings that are the reason. */
function withoutRoutes(reading: RouteReading, out: ReadonlyMap<string, Finding>): RouteReading {
  if (out.size === 0) return reading;
  const stays = (_: unknown, at: number): boolean => !out.has(reading.routes[at]?.id ?? '');
  return {
    routes: reading.routes.filter(stays),
    from: reading.from.filter(stays),
    findings: [...reading.findings, ...out.values()].sort(byPlace),
  };
}

function refusedConflicts(
  candidates: Candidates,
  { registry }: DropInPlan,
  { routes, onInvalid }: PlanInputs,
): readonly Refusal[] {
  const places = new RoutePlaces();
  return findConflicts(routes, candidates).map(({ file, at, holder }) => {
    const finding = conflictFinding(at, holder, registry, places);
    return onInvalid === 'file'
      ? withoutFile(file, registry, [finding])
      : withoutRoute(file, at.route.id, registry, finding);
  });
}

/** The drop-in changes under which a route in use would be wrong; or what they advise about those routes. */
async function findBreakage(
  candidates: Candidates,
  planned: DropInPlan,
  { routes, dropIns }: PlanInputs,
): Promise<{ readonly advice: readonly Finding[] } | Refused> {
  const { registry, names } = planned;
  const advice: Finding[] = [];
  if (names.size === 0) return { advice };
  const wrong = routes.defaults.broken(registry);
  if (wrong !== null) return { refuse: refusedDropIns(dropIns, planned, wrong) };
  const isConcerned = namesTester(names);
  const pause = new CooperativeYield();
  for (const file of routes.files()) {
    if (candidates.has(file)) continue;
    for (const route of (file.live?.routes ?? []).filter(isConcerned)) {
      await pause.yieldIfDue();
      const found = recheck({ route, text: liveText(file) }, registry);
      advice.push(...found.advice);
      if (found.broken !== null) return { refuse: refusedDropIns(dropIns, planned, found.broken) };
    }
  }
  return { advice };
}

/** Leaves out the drop-in changes that concern a name, or all when none does. */
export function refusedDropIns(
  dropIns: DropInSet,
  planned: DropInPlan,
  { name, problem }: { name: string; problem: string },
): readonly Refusal[] {
  const concerned = dropIns.changesOf(planned, name);
  const files = concerned.length > 0 ? concerned : [...planned.changes.keys()];
  return files.map((file) => withoutDropIn(file, [fileFinding(file, 'plugin', problem)]));
}
