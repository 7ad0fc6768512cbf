import assert from 'node:assert/strict';
import { adviceFinding, type Finding } from '../../routes/index.ts';
import { attributeFaults } from '../plan/attribute-faults.ts';
import type { LeftOut, Refusal } from '../plan/left-out.ts';
import { type Plan, type PlanInputs, plan } from '../plan/plan.ts';
import { liveText, wantedText } from '../plan/route-file.ts';
import type { SuspendedRoutes } from '../plan/suspended-routes.ts';
import type { Stage, StageFault } from './generation.ts';
import { changeOf, isEmpty } from './generation-change.ts';
import type { Trials } from './trials.ts';

/** What plans are tried with before they are used. */
export interface Proving {
  readonly stage: Stage;
  readonly trials: Trials;
  readonly suspended: SuspendedRoutes;
  /** A number for the next change, above all before it. */
  nextNumber(): number;
}

/** A plan that all data threads have taken. */
export interface Settled {
  readonly plan: Plan;
  /** All that is not put into use. */
  readonly leftOut: LeftOut;
  /** The number of the change; null for a plan that changes nothing. */
  readonly number: number | null;
}

/** Makes plans until one is taken by all data threads; what stands in its way is left out of the next one. */
export async function settle(inputs: PlanInputs, proving: Proving): Promise<Settled> {
  let { leftOut } = inputs;
  for (;;) {
    const now = { ...inputs, leftOut };
    const outcome = await plan(now);
    const proved = 'refuse' in outcome ? outcome : await prove(outcome.change, now, proving);
    if (!('refuse' in proved)) return { ...proved, leftOut };
    assert(proved.refuse.length > 0, 'a plan was refused for nothing');
    leftOut = leftOut.and(proved.refuse);
  }
}

/** Has a plan tried and prepared; what its drop-ins advise is added to its warnings. */
async function prove(
  made: Plan,
  inputs: PlanInputs,
  { stage, trials, suspended, nextNumber }: Proving,
): Promise<Omit<Settled, 'leftOut'> | { readonly refuse: readonly Refusal[] }> {
  const plan = suspended.addTo(made);
  if (isEmpty(plan)) return { plan, number: null };
  const number = nextNumber();
  const { faults, advice } = await trials.tryPlan(plan, inputs.dropIns.live());
  if (faults.length > 0)
    return {
      refuse: attributeFaults(
        faults.map((fault) => ({ kind: 'route', ...fault })),
        plan,
        inputs,
      ),
    };
  const refused = await prepared(stage, () => changeOf(plan, number));
  if (refused.length === 0)
    return { plan: { ...plan, warnings: [...plan.warnings, ...adviceOn(plan, advice, inputs)] }, number };
  await stage.abort();
  return { refuse: attributeFaults(refused, plan, inputs) };
}

/** What stands in the way of a change, if anything. */
export async function prepared(
  stage: Stage,
  change: () => Parameters<Stage['prepare']>[0],
): Promise<readonly StageFault[]> {
  try {
    return await stage.prepare(change());
  } catch (error) {
    return [{ kind: 'whole', message: (error as Error).message }];
  }
}

type Advice = Awaited<ReturnType<Trials['tryPlan']>>['advice'];

function adviceOn({ diff, candidates, dropIns }: Plan, advice: Advice, { routes }: PlanInputs): Finding[] {
  const byId = new Map(diff.put.map((route) => [route.id, route]));
  return advice.flatMap(({ message, fault }) => {
    const route = byId.get(fault.routeId);
    const file = route === undefined ? undefined : routes.fileOf(route);
    if (route === undefined || file === undefined) return [];
    const text = candidates.has(file) ? wantedText(file) : liveText(file);
    return [adviceFinding({ route, text }, fault, message, dropIns.registry)];
  });
}
