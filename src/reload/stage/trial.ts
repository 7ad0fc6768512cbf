import {
  type Finding,
  type LoadedRoute,
  placedAt,
  type Registry,
  type RouteText,
  recordJson,
  unmadeFinding,
} from '../../routes/index.ts';
import { type GenerationChange, type StageFault, slicesOf } from './generation.ts';

/** The change that makes some routes, whose names are these; it is never committed. */
export function trialChange(number: number, sound: readonly LoadedRoute[], names: Registry): GenerationChange {
  const records = sound.map((route, at) => recordJson(placedAt(route, at)));
  const slices = () => slicesOf({ remove: [], move: [], put: records });
  return { number, dropIns: { put: [], remove: [] }, names, slices };
}

/** What stood in the way of the sound routes of a text that is refused for others. */
export function trialFindings(
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
