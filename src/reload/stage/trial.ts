import type { DropIn } from '../../drop-ins/index.ts';
import {
  type Finding,
  type LoadedRoute,
  placedAt,
  printFinding,
  type Registry,
  type RouteText,
  recordJson,
  unmadeFinding,
} from '../../routes/index.ts';
import { type LeftOut, withoutFile } from '../plan/left-out.ts';
import { wantedText } from '../plan/route-file.ts';
import { type GenerationChange, type Stage, type StageFault, slicesOf } from './generation.ts';
import { prepared } from './settle.ts';
import type { Trials } from './trials.ts';

/** What routes are made on trial with. */
export interface TrialParts {
  readonly stage: Stage;
  readonly trials: Trials;
  /** Those in use. */
  readonly dropIns: readonly DropIn[];
  readonly registry: Registry;
  /** A number for the next change, above all before it. */
  nextNumber(): number;
}

/** Has the routes without errors of the files left out made on trial; what stands in their way is left out as well. */
export async function tryOut(leftOut: LeftOut, parts: TrialParts): Promise<LeftOut> {
  const { stage, trials, dropIns, registry, nextNumber } = parts;
  let all = leftOut;
  for (const [file, findings] of leftOut.files(registry)) {
    const sound = file.reading?.result.routes ?? [];
    if (sound.length === 0) continue;
    const change = trialChange(nextNumber(), sound, registry);
    const faults = [...(await prepared(stage, () => change)), ...(await trials.trySound(sound, dropIns))];
    await stage.abort();
    const known = new Set(findings.map(printFinding));
    const found = trialFindings(wantedText(file), sound, faults, registry);
    all = all.and([
      withoutFile(
        file,
        registry,
        found.filter((one) => !known.has(printFinding(one))),
      ),
    ]);
  }
  return all;
}

/** The change that makes some routes, whose names are these; it is never committed. */
function trialChange(number: number, sound: readonly LoadedRoute[], names: Registry): GenerationChange {
  const records = sound.map((route, at) => recordJson(placedAt(route, at)));
  const slices = () => slicesOf({ remove: [], move: [], put: records });
  return { number, dropIns: { put: [], remove: [] }, names, slices };
}

/** What stood in the way of the sound routes of a text that is refused for others. */
function trialFindings(
  text: RouteText,
  sound: readonly LoadedRoute[],
  faults: readonly StageFault[],
  registry: Registry,
): Finding[] {
  return faults.flatMap((fault) => {
    if (fault.kind !== 'route') return [];
    const route = sound.find(({ id }) => id === fault.fault.routeId);
    return route === undefined ? [] : [unmadeFinding({ route, text }, fault.fault, fault.message, registry)];
  });
}
