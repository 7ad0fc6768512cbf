import type { Whereabouts } from '../guard/whereabouts.ts';
import type { DropInModule } from '../import/module-hooks.ts';
import { endReason, type ProbeLink } from './probe-link.ts';
import type { Entry, FromProbe, ImportOutcome } from './probe-protocol.ts';

/** What a batch works with. */
export interface BatchOptions {
  /** How long one module may take, in ms. */
  readonly loadMs: number;
  readonly maxHeapMib: number;
  spawn(): ProbeLink;
  /** Takes a probe that did its work and is in order. */
  offer(probe: ProbeLink): void;
  /** Told of imports, by URLs without versions. */
  linked(importer: string, target: string): void;
}

/** When a module holds a probe for so long, the others are looked at in another one; in ms. */
const STUCK_MS = 1000;

/** Imports drop-ins in a probe, and in others when one of them holds or ends the first. */
export class ImportBatch {
  readonly #options: BatchOptions;
  readonly #modules: readonly DropInModule[];
  readonly #resolve: (url: string, outcome: ImportOutcome) => void;
  /** Those without an outcome, by URL; of those that are begun, when they have to be done. */
  readonly #waiting: Map<string, { entry: Entry; timer: NodeJS.Timeout | null }>;
  readonly #probe: ProbeLink;
  #isSound = true;
  #stuckTimer: NodeJS.Timeout | null = null;

  /** Begins; `resolve` is told the outcome of each entry once. */
  constructor(
    options: BatchOptions,
    { modules, entries }: { modules: readonly DropInModule[]; entries: readonly Entry[] },
    resolve: (url: string, outcome: ImportOutcome) => void,
  ) {
    this.#options = options;
    this.#modules = modules;
    this.#resolve = resolve;
    this.#waiting = new Map(entries.map((entry) => [entry.url, { entry, timer: null }]));
    this.#probe = options.spawn();
    this.#probe.ear = { take: (message) => this.#take(message), gone: (reason) => this.#gone(reason) };
    this.#probe.post({ kind: 'import', modules, entries });
  }

  #take(message: FromProbe): void {
    if (message.kind === 'link') this.#options.linked(message.importer, message.target);
    else if (message.kind === 'began') this.#began(message.url);
    else if (message.kind === 'outcome') this.#outcome(message.url, message.outcome);
    else if (message.kind === 'settled' && this.#stuckTimer !== null) clearTimeout(this.#stuckTimer);
    if (this.#waiting.size === 0) this.#finish();
  }

  #began(url: string): void {
    const waiting = this.#waiting.get(url);
    if (waiting === undefined) return;
    waiting.timer = setTimeout(() => void this.#late(url), this.#options.loadMs);
    if (this.#stuckTimer !== null) clearTimeout(this.#stuckTimer);
    this.#stuckTimer = setTimeout(() => this.#again(this.#takeAllBut(url)), STUCK_MS);
  }

  #outcome(url: string, outcome: ImportOutcome): void {
    const waiting = this.#waiting.get(url);
    if (waiting === undefined) return;
    if (waiting.timer !== null) clearTimeout(waiting.timer);
    this.#waiting.delete(url);
    if (outcome.kind === 'failed') this.#isSound = false;
    this.#resolve(url, outcome);
  }

  /** A module is not done in time, be it that it waits, or that it or another one holds the thread. */
  async #late(url: string): Promise<void> {
    const { loadMs } = this.#options;
    const where = await this.#probe.stop();
    const holder = where.findLast((place) => this.#waiting.has(place.url))?.url ?? url;
    this.#fail(holder, `did not finish loading within ${loadMs / 1000} s`, where);
    this.#again(this.#takeAllBut(holder));
  }

  #gone(error: Error): void {
    const left = this.#takeAllBut('');
    const reason = `it ended the thread that loaded it: ${endReason(error, this.#options.maxHeapMib)}`;
    const [only] = left;
    if (left.length > 1) for (const entry of left) this.#again([entry]);
    else if (only !== undefined) this.#resolve(only.url, failedOutcome(reason));
    this.#finish();
  }

  #fail(url: string, message: string, where: Whereabouts): void {
    const stack = where.map((place) => `    at ${place.url}:${place.line}:${place.column}`).join('\n');
    this.#outcome(url, failedOutcome(message, stack));
  }

  /** Takes out what waits but one; it is for another batch to see to. */
  #takeAllBut(url: string): Entry[] {
    const taken = [...this.#waiting.values()].filter(({ entry }) => entry.url !== url);
    for (const { entry, timer } of taken) {
      if (timer !== null) clearTimeout(timer);
      this.#waiting.delete(entry.url);
    }
    return taken.map(({ entry }) => entry);
  }

  #again(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    new ImportBatch(this.#options, { modules: this.#modules, entries }, this.#resolve);
  }

  #finish(): void {
    if (this.#stuckTimer !== null) clearTimeout(this.#stuckTimer);
    this.#stuckTimer = null;
    if (this.#isSound && this.#probe.isAlive) this.#options.offer(this.#probe);
    else void this.#probe.close();
  }
}

function failedOutcome(message: string, stack = ''): ImportOutcome {
  return { kind: 'failed', failure: { kind: 'thrown', message, stack, syntax: false } };
}
