import type { DropInCode } from '../import/import-drop-in.ts';
import type { DropInModule } from '../import/module-hooks.ts';
import { ImportBatch } from './import-batch.ts';
import { ProbeLink } from './probe-link.ts';
import type { Entry, ImportOutcome, TrialCall, TrialResult } from './probe-protocol.ts';
import { tryOut } from './trial.ts';

/** The bounds of probes. */
export interface ProbeBounds {
  /** How long a module may take to load, in ms. */
  readonly loadMs: number;
  /** How long making one instance may take, in ms. */
  readonly createMs: number;
  /** How much memory a probe may take, in MiB. */
  readonly maxHeapMib: number;
}

/** The bounds that hold where nothing else is said. */
export const PROBE_BOUNDS: ProbeBounds = { loadMs: 10_000, createMs: 5000, maxHeapMib: 256 };

/** How long a probe that has nothing to do is kept for the next question, in ms: reloads come in bursts. */
const IDLE_MS = 1000;

/**
 * Has the code of drop-ins run in probes: threads that are bounded in time, memory and what they may end, and that are
 * gone soon after. Whoever asks never runs any of it.
 */
export class Prober {
  readonly #bounds: ProbeBounds;
  readonly #alive = new Set<ProbeLink>();
  #idle: { probe: ProbeLink; timer: NodeJS.Timeout } | null = null;

  constructor(bounds: ProbeBounds = PROBE_BOUNDS) {
    this.#bounds = bounds;
  }

  /**
   * Imports `entries`, which stand among `modules`; `linked` is told of what imports what, by URLs without versions. Of
   * each entry the outcome is there as soon as it can be, whatever the others do.
   */
  import(
    entries: readonly Entry[],
    modules: readonly DropInModule[],
    linked: (importer: string, target: string) => void,
  ): Map<string, Promise<ImportOutcome>> {
    const resolvers = new Map(entries.map(({ url }) => [url, Promise.withResolvers<ImportOutcome>()]));
    if (entries.length > 0) {
      const options = {
        ...this.#bounds,
        linked,
        spawn: () => this.#spawn(),
        offer: (probe: ProbeLink) => this.#offer(probe),
      };
      new ImportBatch(options, { modules, entries }, (url, outcome) => resolvers.get(url)?.resolve(outcome));
    }
    return new Map([...resolvers].map(([url, { promise }]) => [url, promise]));
  }

  /** Makes calls of drop-ins once; resolves to what is wrong with them, and what is advised. */
  tryOut(codes: readonly DropInCode[], calls: readonly TrialCall[]): Promise<TrialResult> {
    return tryOut(codes, calls, {
      ...this.#bounds,
      take: () => this.#take(),
      offer: (probe) => this.#offer(probe),
    });
  }

  /** Ends all probes. */
  async close(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle.timer);
    this.#idle = null;
    await Promise.all([...this.#alive].map((probe) => probe.close()));
    this.#alive.clear();
  }

  #spawn(): ProbeLink {
    const probe = new ProbeLink(this.#bounds.maxHeapMib);
    for (const one of this.#alive) if (!one.isAlive) this.#alive.delete(one);
    this.#alive.add(probe);
    return probe;
  }

  #take(): ProbeLink {
    const idle = this.#idle;
    if (idle === null) return this.#spawn();
    clearTimeout(idle.timer);
    this.#idle = null;
    return idle.probe.isAlive ? idle.probe : this.#spawn();
  }

  #offer(probe: ProbeLink): void {
    if (this.#idle !== null) {
      clearTimeout(this.#idle.timer);
      void this.#idle.probe.close();
    }
    probe.ear = null;
    const timer = setTimeout(() => {
      this.#idle = null;
      void probe.close();
    }, IDLE_MS);
    timer.unref();
    this.#idle = { probe, timer };
  }
}
