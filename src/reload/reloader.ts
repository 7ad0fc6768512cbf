import { type DropInChange, DropIns, Prober } from '../drop-ins/index.ts';
import {
  checkRoute,
  DefaultFilters,
  type Finding,
  faultFinding,
  fileFinding,
  inOrder,
  isError,
  printFinding,
  type Registry,
  type RouteRecord,
  recordIn,
} from '../routes/index.ts';
import type { Source, SourceChange } from '../sources/index.ts';
import { BrokenDropIns } from './broken-drop-ins.ts';
import { type Culprit, culpritOf, type LastSeen } from './culprit.ts';
import { Findings, Noted } from './findings.ts';
import { Hidden } from './hidden-watch.ts';
import { Queue } from './pending-changes.ts';
import { blame } from './plan/attribute-faults.ts';
import { DropInSet } from './plan/drop-in-set.ts';
import { makePlan, noRefusals, type OnInvalid, type Plan, type Refusals } from './plan/plan.ts';
import { countsOf, filesOf, placedRoutes } from './plan/route-diff.ts';
import type { PlacedRoute } from './plan/route-file.ts';
import { adviceFinding, placeOf } from './plan/route-finding.ts';
import { RouteSet } from './plan/route-set.ts';
import { SuspendedRoutes } from './plan/suspended-routes.ts';
import type { ReloaderOptions, ReloadOutcome } from './reloader-options.ts';
import type { GenerationChange, Stage, StageFault } from './stage/generation.ts';
import { changeOf, isEmpty, wholeChange } from './stage/generation-change.ts';
import { trialChange, trialFindings } from './stage/trial.ts';
import { Trials } from './stage/trials.ts';

/**
 * How long a load waits for its drop-ins to be looked at, in ms, so that routes that go with them make one generation with
 * them; and how long other changes wait for that at most.
 */
const [GRACE_MS, OTHERS_GRACE_MS] = [5000, 500];
/** What was refused without anybody to blame is tried again after this, in ms, and after ever longer. */
const [FIRST_RETRY_MS, LONGEST_RETRY_MS] = [5000, 300_000];

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
  readonly #findings = new Findings();
  readonly #hidden: Hidden;
  readonly #tellAll: boolean;
  readonly #broken = new BrokenDropIns();
  readonly #queue = new Queue();
  readonly #suspended: SuspendedRoutes;
  #generation = 0;
  #attempt = 0;
  #running: Promise<void> | null = null;
  #started = false;
  #needsNewThreads = false;
  readonly #closed = Promise.withResolvers<void>();
  /** Told when a change comes while a load waits for drop-ins. */
  #othersWait: (() => void) | null = null;
  #retryMs = FIRST_RETRY_MS;
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(options: ReloaderOptions) {
    const { builtins, stage, loaded, hidden, onInvalid = 'file', prober = new Prober() } = options;
    this.#tellAll = options.tellAll ?? false;
    this.#routes = new RouteSet(options.defaults ?? new DefaultFilters(), options.check ?? checkRoute);
    this.#stage = stage;
    this.#onInvalid = onInvalid;
    this.#loaded = loaded;
    this.#hidden = new Hidden({ ignoreTrailingSlash: false, upTo: 20_000, ...hidden });
    this.#dropIns = new DropIns(prober);
    this.#dropInSet = new DropInSet(builtins, this.#dropIns);
    this.#trials = new Trials(prober);
    this.#suspended = new SuspendedRoutes(this.#routes);
  }

  /** Takes a change of route files. With several sources, `from` tells them apart. */
  changeRoutes(change: SourceChange, from: Source | null = null): void {
    this.#queue.add('routes', change, from);
    this.#othersWait?.();
    this.#wake();
  }

  /** Takes a change of drop-in files. With several sources, `from` tells them apart. */
  changeDropIns(change: SourceChange, from: Source | null = null): void {
    this.#queue.add('drop-in', change, from);
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
      if (!this.#dropInSet.wantOut(culprit.name, why)) return;
    } else if (!this.#suspended.add(culprit.routeId, why, this.registry)) return;
    this.#queue.poke();
    this.#wake();
  }

  /** Takes a change of files that drop-ins import and that are none themselves; see `ReloadOutcome.outside`. */
  changeOutside(change: SourceChange): void {
    this.#queue.add('outside', change, null);
    this.#othersWait?.();
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
    clearTimeout(this.#retryTimer);
    this.#closed.resolve();
    this.#underProbe.clear();
  }

  /** The number of the generation in use; 0 before the first one. */
  get generation(): number {
    return this.#generation;
  }

  /** How many routes are in use. */
  get size(): number {
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
    for (const { file, route, order } of this.#placed()) yield { file: file.name, record: recordIn(route, order) };
  }

  /** Where a route in use stands: "file:line:column". */
  placeOf(id: string): string {
    const file = this.#routes.ownerOf(id);
    if (file === undefined) return '';
    const { line, column } = placeOf(file, id);
    return `${file.name}:${line}:${column}`;
  }

  /** The routes in use as they are written, in definition order. */
  *texts(): Generator<{ file: string; text: string }> {
    for (const { file, route } of this.#placed()) yield { file: file.name, text: route.text };
  }

  /** All that is in use, for a data thread that has nothing yet. */
  current(): GenerationChange {
    const codes = this.#dropInSet.live().map(({ code }) => code);
    return wholeChange(this.#generation, codes, () => this.#placed());
  }

  *#placed(): Generator<PlacedRoute> {
    for (const file of this.#routes.files()) yield* placedRoutes(file);
  }

  #wake(): void {
    if (!this.#started || this.#running !== null || this.#queue.empty) return;
    this.#running = this.#loadAll().finally(() => {
      this.#running = null;
      this.#wake();
    });
  }

  async #loadAll(): Promise<void> {
    while (!this.#queue.empty) {
      try {
        await this.#load();
      } catch (error) {
        // A mistake of ours must not end what is being served.
        this.#failed(error as Error);
      }
    }
  }

  async #load(): Promise<void> {
    const { routes, dropIns, outside, sinceMs } = this.#queue.take();
    if (dropIns.put.length + dropIns.remove.length + outside.put.length + outside.remove.length > 0) {
      this.#broken.note(dropIns.put);
      await this.#probe(this.#dropIns.change(dropIns.put, dropIns.remove, outside));
    }
    for (const change of this.#probed.splice(0)) this.#want(change);
    for (const file of routes.put) this.#routes.want(file.name, file);
    for (const name of routes.remove) this.#routes.want(name, null);
    const refusals = noRefusals(this.#onInvalid);
    const plan = await this.#putIntoUse(refusals);
    if (this.#tellAll) await this.#tryOut(refusals);
    const tookMs = performance.now() - sinceMs;
    const hidden = isEmpty(plan) ? [] : await this.#hidden.search(this.#routes.size, this.#placed(), this.registry);
    const told = { ...plan, warnings: [...plan.warnings, ...hidden] };
    this.#tell(told, refusals, [...routes.faults, ...dropIns.faults], tookMs);
    if (this.#probed.length > 0) this.#queue.poke();
  }

  /** Waits for drop-ins to be looked at, but not for ever: those that take longer make a load of their own. */
  async #probe(changes: readonly Promise<DropInChange>[]): Promise<void> {
    const probes = changes.map(async (change) => void this.#probed.push(await change));
    for (const probe of probes) {
      this.#underProbe.add(probe);
      void probe.then(() => {
        this.#underProbe.delete(probe);
        if (this.#running !== null || this.#probed.length === 0) return;
        this.#queue.poke();
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

  #want(change: DropInChange): void {
    this.#broken.update(change.problems);
    this.#dropInSet.want(change);
  }

  /** Makes plans until one is accepted by all data threads; what they refuse is left out of the next one. */
  async #putIntoUse(refusals: Refusals): Promise<Plan> {
    for (;;) {
      const plan = await makePlan(this.#routes, this.#dropInSet, refusals);
      const suspended = this.#suspended.addTo(plan);
      if (!isEmpty(plan)) {
        const number = ++this.#attempt;
        const refused = await this.#try(plan);
        const faults = refused.length > 0 ? refused : await this.#prepare(changeOf(plan, number));
        if (faults.length > 0) {
          if (refused.length === 0) await this.#stage.abort();
          if (blame(faults, plan, { routes: this.#routes, dropIns: this.#dropInSet, refusals })) this.#tryLater();
          continue;
        }
        this.#generation = number;
      }
      // First here: a data thread that starts during the commit is given what is in use here.
      this.#routes.adopt(plan.diff);
      this.#needsNewThreads = this.#dropInSet.adopt(plan.dropIns);
      for (const one of suspended) one.isSent = true;
      if (!isEmpty(plan)) await this.#stage.commit();
      return plan;
    }
  }

  /** Has what nobody is to blame for tried again: whoever was in the way then may be gone. */
  #tryLater(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => {
      this.#routes.unspoil();
      this.#dropInSet.reconsider();
      this.#queue.poke();
      this.#wake();
    }, this.#retryMs);
    this.#retryTimer.unref();
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
  }

  /** What drop-ins say against the routes of a plan; what they advise is added to its warnings. */
  async #try(plan: Plan): Promise<StageFault[]> {
    const { faults, advice } = await this.#trials.tryPlan(plan, this.#dropInSet.live());
    const placed = new Map(plan.diff.put.map((one) => [one.route.id, one]));
    for (const { message, fault } of advice) {
      const one = placed.get(fault.routeId);
      if (one !== undefined && faults.length === 0)
        plan.warnings.push(adviceFinding(one, fault, message, plan.dropIns.registry));
    }
    return faults.map((fault) => ({ kind: 'route', ...fault }));
  }

  /** Has the routes without errors of the files refused made on trial, and adds what stands in their way. */
  async #tryOut({ files }: Refusals): Promise<void> {
    for (const [file, findings] of files) {
      const sound = file.reading?.result.routes ?? [];
      if (sound.length === 0) continue;
      const change = trialChange(++this.#attempt, sound, this.registry);
      const faults = [
        ...(await this.#prepare(change)),
        ...(await this.#trials.trySound(sound, this.#dropInSet.live())),
      ];
      await this.#stage.abort();
      const known = new Set(findings.map(printFinding));
      const found = trialFindings(file, faults, this.registry).filter((finding) => !known.has(printFinding(finding)));
      files.set(file, [...findings, ...found]);
    }
  }

  async #prepare(change: GenerationChange): Promise<readonly StageFault[]> {
    try {
      return await this.#stage.prepare(change);
    } catch (error) {
      return [{ kind: 'whole', message: (error as Error).message }];
    }
  }

  #failed(error: Error): void {
    const found = [fileFinding('sluice', 'internal', `a reload failed: ${error.stack}`)];
    const routes = { added: 0, changed: 0, removed: 0, moved: 0, rebuilt: 0, total: this.#routes.size };
    const nothing = { isFirst: false, files: [], dropIns: [], mended: [], unloaded: found, tookMs: 0 };
    const outside = this.#dropIns.outsideFiles();
    const never = { outside, notLive: new Map(), needsNewThreads: false };
    this.#loaded({ ...nothing, ...never, routes, generation: this.#generation, found });
  }

  #tell(plan: Plan, refusals: Refusals, faults: SourceChange['faults'], tookMs: number): void {
    const noted = new Noted();
    const { files, flawed, dropIns } = refusals;
    for (const [file, findings] of [...files, ...flawed]) {
      const explained = findings.map((finding) => this.#broken.explain(finding));
      noted.note('routes', file.name, explained);
    }
    for (const [file, findings] of dropIns) noted.note('drop-in', file, findings);
    for (const [file, finding] of this.#dropInSet.givenUp()) noted.note('drop-in', file, [finding]);
    for (const [file, why] of this.#dropInSet.outOfUse()) {
      noted.note('use', file, [fileFinding(file, 'out-of-use', `is out of use, its routes answer 503: ${why}`)]);
    }
    for (const [id, finding] of this.#suspended.findings()) noted.note('use', finding.place.file, [finding], id);
    for (const [file, finding] of this.#broken.findings()) noted.note('drop-in', file, [finding]);
    for (const fault of faults) noted.note('source', fault.name, [faultFinding(fault)]);
    const hasVersion = new Set(this.#dropInSet.live().map(({ code }) => code.name));
    for (const { name, live } of this.#routes.files()) if (live !== null) hasVersion.add(name);
    for (const { name, wasGood, severity } of faults) if (wasGood || severity === 'warning') hasVersion.add(name);
    const { found, mended } = this.#findings.replace(noted);
    const isFirst = this.#isFirst;
    this.#isFirst &&= isEmpty(plan);
    this.#loaded({
      generation: this.#generation,
      isFirst,
      files: filesOf(plan.diff),
      dropIns: [...plan.dropIns.changes.keys()],
      routes: { ...countsOf(plan.diff), total: this.#routes.size },
      found: inOrder([...found, ...plan.warnings]),
      mended,
      notLive: new Map([...plan.dropIns.changes].map(([name, dropIn]) => [name, dropIn?.notLive ?? []])),
      outside: this.#dropIns.outsideFiles(),
      needsNewThreads: this.#needsNewThreads,
      unloaded: this.#findings.all().filter((finding) => isError(finding) && !hasVersion.has(finding.place.file)),
      tookMs,
    });
  }
}
