import type { DropInCode } from '../../drop-ins/index.ts';
import { type LoadedRoute, recordJson } from '../../routes/index.ts';
import type { Plan } from '../plan/plan.ts';
import { type GenerationChange, slicesOf } from './generation.ts';

/** What keeps a thread busy for longer, in ms of CPU, is imported where nobody waits. */
const HEAVY_MS = 300;

/** Whether a plan changes nothing for data threads. */
export function isEmpty({ diff, dropIns }: Plan): boolean {
  return diff.put.length + diff.move.length + diff.remove.length + dropIns.changes.size === 0;
}

/** What a plan changes for data threads. */
export function changeOf({ diff, dropIns }: Plan, number: number): GenerationChange {
  const put = [...dropIns.changes.values()].flatMap((dropIn) => (dropIn === null ? [] : [dropIn.code]));
  const remove = [...dropIns.changes].flatMap(([name, dropIn]) => (dropIn === null ? [name] : []));
  const busyMs = [...dropIns.changes.values()].reduce((sum, dropIn) => sum + (dropIn?.busyMs ?? 0), 0);
  return { number, dropIns: { put, remove }, names: dropIns.registry, isHeavy: busyMs > HEAVY_MS, slices };

  function slices(): Iterable<string> {
    return slicesOf({ remove: removeJson(diff.remove), move: moveJson(diff.move), put: putJson(diff.put) });
  }
}

/** All that is in use as a change, for a data thread that has nothing yet. */
export function wholeChange(
  number: number,
  put: readonly DropInCode[],
  routes: () => Iterable<LoadedRoute>,
): GenerationChange {
  return {
    number,
    dropIns: { put, remove: [] },
    slices: () => slicesOf({ remove: [], move: [], put: putJson(routes()) }),
  };
}

function* putJson(routes: Iterable<LoadedRoute>): Generator<string> {
  for (const route of routes) yield recordJson(route);
}

function* moveJson(routes: Iterable<LoadedRoute>): Generator<string> {
  for (const { id, order } of routes) yield `{"id":${JSON.stringify(id)},"order":${order}}`;
}

function* removeJson(ids: Iterable<string>): Generator<string> {
  for (const id of ids) yield JSON.stringify(id);
}
