import { type Finding, type LoadedRoute, type Registry, recordJson } from '../../routes/index.ts';
import type { RouteFile } from '../plan/route-file.ts';
import { unmadeFinding } from '../plan/route-finding.ts';
import { type GenerationChange, type StageFault, slicesOf } from './generation.ts';

/** The change that makes some routes, whose names are these; it is never committed. */
export function trialChange(number: number, sound: readonly LoadedRoute[], names: Registry): GenerationChange {
  const records = sound.map((route, at) => recordJson(route, at));
  const slices = () => slicesOf({ remove: [], move: [], put: records });
  return { number, dropIns: { put: [], remove: [] }, names, slices };
}

/** What stood in the way of the sound routes of a file that is refused for others. */
export function trialFindings(file: RouteFile, faults: readonly StageFault[], registry: Registry): Finding[] {
  return faults.flatMap((fault) => {
    if (fault.kind !== 'route') return [];
    const route = file.reading?.result.routes.find(({ id }) => id === fault.fault.routeId);
    return route === undefined ? [] : [unmadeFinding({ file, route, order: 0 }, fault.fault, fault.message, registry)];
  });
}
