import { setImmediate } from 'node:timers/promises';
import type { StageFault, TableSlice } from '../reload/index.ts';
import type { Registry, RouteRecord } from '../routes/index.ts';
import { ProvisionError, type Route } from '../routing/index.ts';
import type { ThreadParts } from './thread-parts.ts';

/** How long a data thread works on a reload before it turns to its requests again, in ms. */
export const TURN_MS = 2;
/** How many faults are told at most. */
const MAX_FAULTS = 100;

/** A generation that is being made in a data thread. */
export class StagedGeneration<B> {
  readonly number: number;
  readonly faults: StageFault[];
  readonly #parts: ThreadParts<B>;
  readonly #provision: (record: RouteRecord) => Route<B>;

  constructor(number: number, parts: ThreadParts<B>, from: { registry: Registry; faults: StageFault[] }) {
    this.number = number;
    this.#parts = parts;
    this.#provision = parts.provisioner(from.registry);
    this.faults = from.faults;
  }

  /** Makes the routes of a slice, in turns short enough for the requests in between. */
  async take(json: string): Promise<void> {
    let turnBeganAt = performance.now();
    const { remove, move, put } = JSON.parse(json) as TableSlice;
    this.#parts.table.prepare(this.number, { remove, move });
    for (const record of put) {
      const route = this.#made(record);
      if (route !== null) this.#parts.table.prepare(this.number, { put: [route] });
      if (performance.now() - turnBeganAt < TURN_MS) continue;
      await setImmediate();
      turnBeganAt = performance.now();
    }
    await setImmediate();
  }

  #made(record: RouteRecord): Route<B> | null {
    try {
      return this.#provision(record);
    } catch (error) {
      const { routeId, part, index, argIndex, message } =
        error instanceof ProvisionError
          ? error
          : { routeId: record.id, part: 'backend' as const, index: 0, argIndex: -1, message: String(error) };
      if (this.faults.length < MAX_FAULTS) {
        this.faults.push({ kind: 'route', message, fault: { routeId, part, index, argIndex } });
      }
      return null;
    }
  }
}
