import { type DropInChange, DropIns, Prober } from '../drop-ins/index.ts';
import {
  checkRoute,
  DefaultFilters,
  type Finding,
  fileFinding,
  type InText,
  inOrder,
  isError,
  type LoadedRoute,
  placeOfRoute,
  type Registry,
  type RouteRecord,
  recordIn,
} from '../routes/index.ts';
import type { Source, SourceChange } from '../sources/index.ts';
import { BrokenDropIns } from './broken-drop-ins.ts';
import { type Culprit, culpritOf, type LastSeen } from './culprit.ts';
import { FindingSnapshot } from './finding-snapshot.ts';
import { HiddenWatch } from './hidden-watch.ts';
import { type ChangeKind, PendingChanges } from './pending-changes.ts';
import { countsOf, filesOf } from './plan/diff.ts';
import { DropInSet } from './plan/drop-in-set.ts';
import { LeftOut, type OnInvalid } from './plan/left-out.ts';
import { liveText } from './plan/route-file.ts';
import { RouteSet } from './plan/route-set.ts';
import { SuspendedRoutes } from './plan/suspended-routes.ts';
import type { ReloaderOptions, ReloadOutcome } from './reloader-options.ts';
import { Retry } from './retry.ts';
import { snapshotOf } from './snapshot-of.ts';
import type { GenerationChange, Stage } from './stage/generation.ts';
import { isEmpty, wholeChange } from './stage/generation-change.ts';
import { type Settled, settle } from './stage/settle.ts';
import { type TrialParts, tryOut } from './stage/trial.ts';
import { Trials } from './stage/trials.ts';

/**
 * How long a load waits for its drop-ins to be looked at, in ms, so that routes that go with them make one generation with
 * them; and how long other changes wait for that at most.
 */
const [GRACE_MS, OTHERS_GRACE_MS] = [5000, 500];

/**
 * Keeps what is served in step with files: takes their changes, reads and checks them, and puts what is sound into use,
 * one generation after the other. A file or drop-in with an error changes nothing, and its last good version stays.
 */
export class Reloader {
  readonly #stage: Stage;
  readonly #loaded: (outcome: ReloadOutcome) => void;
  readonly #onInvalid: OnInvalid;
  readonly #dropIns: DropIns;
  #isFirst = true;
  readonly #dropInSet: DropInSet;
  readonly #trials: Trials;
  /** Drop-ins that are being looked at, and what those came to that nobody has taken yet. */
  readonly #underProbe = new Set<Promise<void>>();
  readonly #probed: DropInChange[] = [];
  readonly #routes: RouteSet;
  #findings = new FindingSnapshot();
  readonly #hidden: HiddenWatch;
  readonly #tellAll: boolean;
  readonly #broken = new BrokenDropIns();
  readonly #pending = new PendingChanges();
  readonly #suspended: SuspendedRoutes;
  #generation = 0;
  #attempt = 0;
  #running: Promise<void> | null = null;
  #started = false;
  #needsNewThreads = false;
  readonly #closed = Promise.withResolvers<void>();
  /** Told when a change comes while a load waits for drop-ins. */
  #othersWait: (() => void) | null = null;
  /** For what nobody is to blame for: whoever was in the way may be gone. */
  readonly #retry = new Retry(() => this.#reconsider());

  constructor(options: ReloaderOptions) {
    const { builtins, stage, loaded, hidden, onInvalid = 'file', prober = new Prober() } = options;
    this.#tellAll = options.tellAll ?? false;
    this.#routes = new RouteSet(options.defaults ?? new DefaultFilters(), options.check ?? checkRoute);
    this.#stage = stage;
    this.#onInvalid = onInvalid;
    this.#loaded = loaded;
    this.#hidden = new HiddenWatch({ ignoreTrailingSlash: false, upTo: 20_000, ...hidden });
    this.#dropIns = new DropIns(prober);
    this.#dropInSet = new DropInSet(builtins, this.#dropIns);
    this.#trials = new Trials(prober);
    this.#suspended = new SuspendedRoutes(this.#routes);
  }

  /** Takes a change of route files. With several sources, `from` tells them apart. */
  changeRoutes(change: SourceChange, from: Source | null = null): void {
    this.#take('routes', change, from);
  }

  /** Takes a change of drop-in files. With several sources, `from` tells them apart. */
  changeDropIns(change: SourceChange, from: Source | null = null): void {
    this.#take('dropIns', change, from);
  }

  /** Takes a change of files that drop-ins import and that are none themselves; see `ReloadOutcome.outside`. */
  changeOutside(change: SourceChange): void {
    this.#take('outside', change, null);
  }

  #take(kind: ChangeKind, change: SourceChange, from: Source | null): void {
    this.#pending.add(kind, change, from);
    this.#othersWait?.();
    this.#wake();
  }

  /** Who ended a data thread; null when that cannot be told. */
  culpritOf(lastSeen: LastSeen): Culprit | null {
    return culpritOf(this.#dropInSet.known(), lastSeen);
  }

  /** Puts out of use what ends data threads again and again, until it is changed: routes that need it answer 503. */
  putOutOfUse(culprit: Culprit, why: string): void {
    if (culprit.kind === 'drop-in') {
      if (!this.#dropInSet.setOutOfUse(culprit.name, why)) return;
    } else if (!this.#suspended.add(culprit.routeId, why, this.registry)) return;
    this.#pending.requestLoad();
    this.#wake();
  }

  /** Begins to load; changes taken before make one generation. Resolves when they are in use or refused. */
  async start(): Promise<void> {
    this.#started = true;
    this.#wake();
    await this.idle();
  }

  /** Resolves when all changes taken so far are in use or refused. */
  async idle(): Promise<void> {
    while (this.#running !== null || this.#underProbe.size > 0) {
      await (this.#running ?? Promise.race([...this.#underProbe, this.#closed.promise]));
    }
  }

  /** Loads nothing any more that is not loaded now; what is being looked at is not waited for. */
  close(): void {
    this.#retry.close();
    this.#closed.resolve();
    this.#underProbe.clear();
  }

  /** The number of the generation in use; 0 before the first one. */
  get generation(): number {
    return this.#generation;
  }

  /** How many routes are in use. */
  get routeCount(): number {
    return this.#routes.size;
  }

  /** The names that routes may use now. */
  get registry(): Registry {
    return this.#dropInSet.registry;
  }

  /** All that is wrong with files at present. */
  findings(): Finding[] {
    return this.#findings.all();
  }

  /** The routes in use, in definition order, with the file each one stands in. */
  *routes(): Generator<{ file: string; record: RouteRecord }> {
    for (const route of this.#routes.live()) yield { file: route.file, record: recordIn(route) };
  }

  /** Where a route in use stands: "file:line:column". */
  placeOf(id: string): string {
    const route = this.#routes.routeOf(id);
    if (route === null) return '';
    const at = this.#inText(route);
    const { line, column } = placeOfRoute(at);
    return `${at.text.name}:${line}:${column}`;
  }

  /** The routes in use as they are written, in definition order. */
  *texts(): Generator<{ file: string; text: string }> {
    for (const { file, text } of this.#routes.live()) yield { file, text };
  }

  /** All that is in use, for a data thread that has nothing yet. */
  current(): GenerationChange {
    const codes = this.#dropInSet.live().map(({ code }) => code);
    return wholeChange(this.#generation, codes, () => this.#routes.live());
  }

  /** A route in use, in the text of its file. */
  #inText(route: LoadedRoute): InText {
    const file = this.#routes.fileOf(route);
    return { route, text: file === undefined ? { name: route.file, text: '' } : liveText(file) };
  }

  #wake(): void {
    if (!this.#started || this.#running !== null || this.#pending.isEmpty) return;
    this.#running = this.#loadAll().finally(() => {
      this.#running = null;
      this.#wake();
    });
  }

  async #loadAll(): Promise<void> {
    while (!this.#pending.isEmpty) {
      try {
        await this.#load();
      } catch (error) {
        // A mistake of ours must not end what is being served.
        this.#failed(error as Error);
      }
    }
  }

  async #load(): Promise<void> {
    const { routes, dropIns, outside, sinceMs } = this.#pending.drain();
    if (dropIns.put.length + dropIns.remove.length + outside.put.length + outside.remove.length > 0) {
      this.#broken.note(dropIns.put);
      await this.#probe(this.#dropIns.change(dropIns.put, dropIns.remove, outside));
    }
    for (const change of this.#probed.splice(0)) {
      this.#broken.update(change.problems);
      this.#dropInSet.setDesired(change);
    }
    for (const file of routes.put) this.#routes.setDesired(file.name, file);
    for (const name of routes.remove) this.#routes.setDesired(name, null);
    const settled = await this.#putIntoUse();
    const leftOut = this.#tellAll ? await tryOut(settled.leftOut, this.#trialParts()) : settled.leftOut;
    const tookMs = performance.now() - sinceMs;
    const warnings = [...settled.plan.warnings, ...(await this.#findHidden(settled))];
    this.#tell({ ...settled, leftOut, warnings }, [...routes.faults, ...dropIns.faults], tookMs);
    if (this.#probed.length > 0) this.#pending.requestLoad();
  }

  #trialParts(): TrialParts {
    const [dropIns, registry, nextNumber] = [this.#dropInSet.live(), this.registry, () => ++this.#attempt];
    return { stage: this.#stage, trials: this.#trials, dropIns, registry, nextNumber };
  }

  async #findHidden({ plan }: Settled): Promise<Finding[]> {
    if (isEmpty(plan)) return [];
    const { size } = this.#routes;
    return this.#hidden.search(size, this.#routes.live(), (route) => this.#inText(route), this.registry);
  }

  /** Waits for drop-ins to be looked at, but not for ever: those that take longer make a load of their own. */
  async #probe(changes: readonly Promise<DropInChange>[]): Promise<void> {
    const probes = changes.map(async (change) => void this.#probed.push(await change));
    for (const probe of probes) {
      this.#underProbe.add(probe);
      void probe.then(() => {
        this.#underProbe.delete(probe);
        if (this.#running !== null || this.#probed.length === 0) return;
        this.#pending.requestLoad();
        this.#wake();
      });
    }
    // At the start nothing is served that could be held up.
    const probed = Promise.race([Promise.all(probes), this.#closed.promise]);
    await (this.#generation === 0 ? probed : this.#grace(probed));
  }

  async #grace(probed: Promise<unknown>): Promise<void> {
    const timers: NodeJS.Timeout[] = [];
    await new Promise<void>((resolve) => {
      timers.push(setTimeout(resolve, GRACE_MS));
      this.#othersWait = () => void timers.push(setTimeout(resolve, OTHERS_GRACE_MS));
      void probed.then(() => resolve());
    });
    this.#othersWait = null;
    for (const timer of timers) clearTimeout(timer);
  }

  /** Puts into use what can be; what data threads could not take is not tried again before it is changed. */
  async #putIntoUse(): Promise<Settled> {
    const routes = this.#routes;
    const dropIns = this.#dropInSet;
    const settled = await settle(
      { routes, dropIns, onInvalid: this.#onInvalid, leftOut: new LeftOut(routes.rejected) },
      { stage: this.#stage, trials: this.#trials, suspended: this.#suspended, nextNumber: () => ++this.#attempt },
    );
    const { plan, leftOut, number } = settled;
    if (number !== null) this.#generation = number;
    this.#suspended.sent(plan);
    // First here: a data thread that starts during the commit is given what is in use here.
    routes.commit(plan.diff);
    this.#needsNewThreads = dropIns.commit(plan.dropIns);
    this.#reject(leftOut);
    if (number !== null) await this.#stage.commit();
    return settled;
  }

  #reject({ refusals }: LeftOut): void {
    const isNew = new Set(refusals);
    for (const known of this.#routes.rejected) isNew.delete(known);
    this.#routes.reject(refusals, this.registry);
    for (const { subject, findings, lasts } of isNew) {
      const [finding] = findings;
      if (subject.kind === 'drop-in' && lasts !== 'load' && finding !== undefined)
        this.#dropInSet.reject(subject.name, finding, lasts === 'until-retry');
      if (lasts === 'until-retry') this.#retry.arrange();
    }
  }

  #reconsider(): void {
    this.#routes.reconsider();
    this.#dropInSet.reconsider();
    this.#pending.requestLoad();
    this.#wake();
  }

  #failed(error: Error): void {
    const found = [fileFinding('sluice', 'internal', `a reload failed: ${error.stack}`)];
    const routes = { added: 0, changed: 0, removed: 0, moved: 0, rebuilt: 0, total: this.#routes.size };
    const nothing = { isFirst: false, files: [], dropIns: [], resolved: [], unloaded: found, tookMs: 0 };
    const outside = this.#dropIns.outsideFiles();
    const never = { outside, notLive: new Map(), needsNewThreads: false };
    this.#loaded({ ...nothing, ...never, routes, generation: this.#generation, found });
  }

  #tell(
    settled: Settled & { readonly warnings: readonly Finding[] },
    faults: SourceChange['faults'],
    tookMs: number,
  ): void {
    const { plan, warnings } = settled;
    const parts = { dropIns: this.#dropInSet, suspended: this.#suspended, broken: this.#broken };
    const snapshot = snapshotOf(settled, faults, parts);
    const { found, resolved } = snapshot.since(this.#findings);
    this.#findings = snapshot;
    const hasVersion = new Set(this.#dropInSet.live().map(({ code }) => code.name));
    for (const { name, live } of this.#routes.files()) if (live !== null) hasVersion.add(name);
    for (const { name, wasGood, severity } of faults) if (wasGood || severity === 'warning') hasVersion.add(name);
    const isFirst = this.#isFirst;
    this.#isFirst &&= isEmpty(plan);
    this.#loaded({
      generation: this.#generation,
      isFirst,
      files: filesOf(plan.diff),
      dropIns: [...plan.dropIns.changes.keys()],
      routes: { ...countsOf(plan.diff), total: this.#routes.size },
      found: inOrder([...found, ...warnings]),
      resolved,
      notLive: new Map([...plan.dropIns.changes].map(([name, dropIn]) => [name, dropIn?.notLive ?? []])),
      outside: this.#dropIns.outsideFiles(),
      needsNewThreads: this.#needsNewThreads,
      unloaded: this.findings().filter((finding) => isError(finding) && !hasVersion.has(finding.place.file)),
      tookMs,
    });
  }
}
