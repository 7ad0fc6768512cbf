import type { DropIn, Prober, TrialCall, TrialResult } from '../../drop-ins/index.ts';
import { type LoadedRoute, namesTester, type RouteRecord, recordIn } from '../../routes/index.ts';
import type { Plan } from '../plan/plan.ts';
import type { StageFault } from './generation.ts';

/** How many calls are remembered as good. */
const MAX_KNOWN = 10_000;
const NOTHING: TrialResult = { faults: [], advice: [] };

/**
 * Has what routes say to drop-ins tried in a probe before data threads do: arguments that they do not take, and a `create`
 * that throws, never returns or takes all memory. What was good once is not tried again.
 */
export class Trials {
  readonly #prober: Prober;
  readonly #known = new Set<string>();

  constructor(prober: Prober) {
    this.#prober = prober;
  }

  /** What is wrong with the routes that a plan brings; `live` are the drop-ins in use before it. */
  async tryPlan({ diff, dropIns: { changes } }: Plan, live: readonly DropIn[]): Promise<TrialResult> {
    const byName = new Map<string, DropIn | null>(live.map((one) => [one.code.name, one]));
    for (const [name, dropIn] of changes) byName.set(name, dropIn);
    const dropIns = [...byName.values()].filter((one) => one !== null && one.code.standIns === undefined) as DropIn[];
    if (dropIns.length === 0) return NOTHING;
    const isConcerned = namesTester(dropIns.flatMap((one) => [...namesIn(one)]));
    return this.try(diff.put.filter(isConcerned).map(recordIn), dropIns);
  }

  /** What drop-ins say against routes without errors in files that are refused. */
  async trySound(sound: readonly LoadedRoute[], live: readonly DropIn[]): Promise<StageFault[]> {
    const records = sound.map(recordIn);
    const { faults } = await this.try(records, live);
    return faults.map((fault) => ({ kind: 'route', ...fault }));
  }

  async try(records: Iterable<RouteRecord>, dropIns: readonly DropIn[]): Promise<TrialResult> {
    // By name, as data threads do: of two that override one name the last counts.
    const sorted = [...dropIns].sort((a, b) => (a.code.name < b.code.name ? -1 : 1));
    const owners = new Map(sorted.flatMap((one) => [...namesIn(one)].map((name) => [name, one] as const)));
    const calls = new Map<string, TrialCall>();
    for (const record of records) {
      for (const call of callsIn(record, owners)) {
        const key = `${owners.get(call.call[0])?.code.url} ${call.part} ${JSON.stringify(call.call)}`;
        if (!this.#known.has(key) && !calls.has(key)) calls.set(key, call);
      }
    }
    if (calls.size === 0) return NOTHING;
    const used = new Set([...calls.values()].map(({ call }) => owners.get(call[0])));
    const codes = [...used].flatMap((one) => (one === undefined ? [] : [one.code]));
    const result = await this.#prober.tryOut(codes, [...calls.values()]);
    if (result.faults.length === 0) this.#remember(calls.keys());
    return result;
  }

  #remember(keys: Iterable<string>): void {
    if (this.#known.size > MAX_KNOWN) this.#known.clear();
    for (const key of keys) this.#known.add(key);
  }
}

function* namesIn({ specs: { filters, predicates, balancers } }: DropIn): Generator<string> {
  for (const { name } of balancers) yield name;
  for (const { name, aliases } of [...filters, ...predicates]) yield* [name, ...(aliases ?? [])];
}

function* callsIn(
  { id, filters, predicates, backend }: RouteRecord,
  names: ReadonlyMap<string, DropIn>,
): Generator<TrialCall> {
  const algorithm = backend.kind === 'balanced' ? backend.algorithm : null;
  if (backend.kind === 'balanced' && algorithm !== null && names.has(algorithm))
    yield { routeId: id, part: 'backend', index: 0, call: [algorithm, ...backend.endpoints] };
  for (const [part, calls] of [
    ['filter', filters],
    ['predicate', predicates],
  ] as const) {
    for (const [index, call] of calls.entries()) if (names.has(call[0])) yield { routeId: id, part, index, call };
  }
}
