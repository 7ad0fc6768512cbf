import type { GenerationChange, Stage, StageFault } from '../reload/index.ts';
import { BackOff } from './back-off.ts';
import { Mutex } from './mutex.ts';
import { goneOnly, inTime, prepareAll } from './prepare-all.ts';
import { StallWatch } from './stall-watch.ts';
import type { SupervisorOptions, ThreadMetrics, ThreadState } from './supervisor-options.ts';
import { type ThreadEnd, ThreadGoneError, ThreadLink } from './thread-link.ts';
import { oldVersionsIn } from './vital-signs.ts';

/** A thread that did not beat for so much of the time it may stand still is told as standing still. */
const NOTABLE_SILENCE = 0.4;
/** How often a change is tried that all threads died of, when nothing says that it is to blame. */
const ATTEMPTS = 3;
/** How long an idle connection may send one more request to a thread that does not have the newest generation, in ms. */
const SWITCH_IDLE_MS = 100;
/** How long a change waits for a thread that could take it, in ms. */
const NOBODY_MS = 2000;

/**
 * Starts data threads, replaces those that die or stand still, renews those that hold too many old modules, and takes all
 * of them from generation to generation together. A thread that dies on the way is left out; the one that takes its
 * place begins with what is in use then.
 */
export class Supervisor implements Stage {
  readonly #options: SupervisorOptions;
  /** By number; null while the thread is dead or has not caught up yet. */
  readonly #serving: (ThreadLink | null)[];
  readonly #all = new Set<ThreadLink>();
  /** Those whose end needs no successor: not yet in their place, or not any more. */
  readonly #spare = new Set<ThreadLink>();
  /** Those that gave their place away. Their connections may send another request yet: they take changes as the others do. */
  readonly #retiring = new Set<ThreadLink>();
  readonly #lastMetrics = new Map<ThreadLink, unknown>();
  readonly #watch: StallWatch<ThreadLink>;
  readonly #mutex = new Mutex();
  readonly #backOffs: BackOff[];
  /** By thread: replacements that wait for their time. */
  readonly #waiting = new Map<number, NodeJS.Timeout>();
  readonly #arrivals: (() => void)[] = [];
  #release: (() => void) | null = null;
  /** The threads that prepare a change in place of those that serve. */
  #anew: readonly ThreadLink[] | null = null;
  #ports: readonly number[] | null = null;
  #renewing = false;
  #closing = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#serving = Array.from({ length: options.threads }, () => null);
    this.#backOffs = Array.from({ length: options.threads }, () => new BackOff());
    this.#watch = new StallWatch(options.patience.stallMs, (link, silentMs) => this.#stalled(link, silentMs));
  }

  /** Starts the threads; resolves when all are there. @throws ThreadGoneError when one ends at once. */
  async start(): Promise<void> {
    const links = this.#serving.map((_, thread) => this.#spawn(thread));
    await Promise.all(links.map(({ ready }) => ready));
    for (const [thread, link] of links.entries()) this.#serve(thread, link);
  }

  /** Has all threads accept connections on `ports`; for 0 the first one chooses. Resolves to the ports. */
  async listen(ports: readonly number[]): Promise<readonly number[]> {
    const release = await this.#mutex.acquire();
    try {
      let chosen = ports;
      for (const link of this.#links()) chosen = (await link.ask({ kind: 'listen', ports: chosen })) as number[];
      this.#ports = chosen;
      return chosen;
    } finally {
      release();
    }
  }

  /** How many threads serve now. */
  get servingCount(): number {
    return this.#links().length;
  }

  /** How many old versions of modules the threads hold that serve. */
  get oldVersions(): number {
    return this.#links().reduce((sum, { vitalSigns }) => sum + oldVersionsIn(vitalSigns), 0);
  }

  /** How the threads are. */
  states(): ThreadState[] {
    return this.#serving.map((link, thread) => {
      if (link === null) return { thread, state: 'being replaced' };
      const still = this.#watch.silentMs(link) > this.#options.patience.stallMs * NOTABLE_SILENCE;
      return { thread, state: still ? 'stands still' : 'serving' };
    });
  }

  /** The metrics of all threads, those included that only finish what they have begun. */
  async metrics(): Promise<ThreadMetrics> {
    let late = 0;
    const asked = [...this.#all].map(async (link) => {
      const answer = await inTime(link.ask({ kind: 'metrics' }));
      if (answer === undefined) late++;
      else if (this.#all.has(link)) this.#lastMetrics.set(link, answer);
      return answer ?? this.#lastMetrics.get(link);
    });
    const metrics = (await Promise.all(asked)).filter((answer) => answer !== undefined);
    return { metrics, late };
  }

  /** Has the threads open their log files anew; resolves to how many they have. */
  async reopenLogs(): Promise<number> {
    const asked = await Promise.allSettled([...this.#all].map((link) => link.ask({ kind: 'reopen-logs' })));
    return asked.reduce((sum, one) => (one.status === 'fulfilled' ? sum + (one.value as number) : sum), 0);
  }

  async prepare(change: GenerationChange): Promise<readonly StageFault[]> {
    if (change.isHeavy === true && this.#ports !== null && !this.#closing) return this.#prepareAnew(change);
    for (let attempt = 1; ; attempt++) {
      await this.#someServing();
      const release = await this.#mutex.acquire();
      const [{ faults, allDied }] = await Promise.all([
        prepareAll(this.#links(), change),
        ...[...this.#retiring].map((link) => link.prepare(change).catch(goneOnly)),
      ]);
      if (!allDied || attempt === ATTEMPTS) {
        this.#release = release;
        return faults;
      }
      release();
    }
  }

  async commit(): Promise<void> {
    const anew = this.#anew;
    this.#anew = null;
    if (anew === null) await this.#finish('commit');
    else await this.#switchTo(anew);
    // What was changed may be what they died of.
    for (const [thread, timer] of [...this.#waiting]) this.#replaceNow(thread, timer);
    void this.#renewWorn();
  }

  async abort(): Promise<void> {
    const anew = this.#anew ?? [];
    this.#anew = null;
    await Promise.all(anew.map((link) => link.terminate()));
    await this.#finish('abort');
  }

  /**
   * Has the threads accept no more connections and finish their requests; resolves when they have, at the latest soon
   * after `timeoutMs`. Dead threads are not replaced any more.
   */
  async drain(timeoutMs: number): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#all].map((link) => this.#finishRequests(link, { timeoutMs, idleMs: 0 })));
  }

  /** Ends all threads at once. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#watch.close();
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    await Promise.all([...this.#all].map((link) => link.terminate()));
  }

  /** Has a thread that may not be in order any more give its place to a new one. */
  async renew(thread: number): Promise<void> {
    const old = this.#serving[thread] ?? null;
    if (old === null || this.#renewing || this.#closing || this.#retiring.size >= this.#options.threads) return;
    this.#renewing = true;
    try {
      const oldVersions = oldVersionsIn(old.vitalSigns);
      if (!(await this.#install(thread, old))) return;
      this.#options.event({ kind: 'renewed', thread, oldVersions });
      void this.#retire(old);
    } finally {
      this.#renewing = false;
    }
  }

  /** Has all threads, one after the other, give their places to new ones. */
  async renewAll(): Promise<void> {
    for (const thread of this.#serving.keys()) await this.renew(thread);
  }

  async #renewWorn(): Promise<void> {
    for (const [thread, link] of this.#serving.entries()) {
      if (link !== null && oldVersionsIn(link.vitalSigns) > this.#options.maxOldVersions) await this.renew(thread);
    }
  }

  async #retire(link: ThreadLink, idleMs = this.#options.idleMs): Promise<void> {
    const { drainMs } = this.#options;
    await this.#finishRequests(link, { timeoutMs: drainMs, idleMs: Math.min(idleMs, drainMs) });
    const metrics = await inTime(link.ask({ kind: 'metrics' }));
    if (metrics !== undefined) this.#lastMetrics.set(link, metrics);
    await link.terminate();
  }

  async #finishRequests(link: ThreadLink, times: { timeoutMs: number; idleMs: number }): Promise<void> {
    await inTime(link.ask({ kind: 'drain', ...times }), times.timeoutMs + 500);
  }

  /** Has a change made by new threads, where the old ones would stand still over it: their requests do not notice it. */
  async #prepareAnew(change: GenerationChange): Promise<readonly StageFault[]> {
    this.#release = await this.#mutex.acquire();
    this.#anew = this.#serving.map((_, thread) => this.#spawn(thread));
    for (const link of this.#anew) this.#spare.add(link);
    const { faults } = await prepareAll(this.#anew, change, async (link) => {
      await link.ready;
      await this.#catchUp(link.thread, link);
    });
    return faults;
  }

  /** Gives the places of all threads to new ones that have the next generation; the old ones end with the last one. */
  async #switchTo(anew: readonly ThreadLink[]): Promise<void> {
    const ports = this.#ports ?? [];
    // What they have begun they finish; the changes that follow build on this one.
    this.#retiring.clear();
    const ready = anew.map(async (link) => {
      await link.finish('commit');
      await link.ask({ kind: 'listen', ports });
      return link;
    });
    const came = (await Promise.allSettled(ready)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    for (const link of came) {
      const old = this.#serving[link.thread] ?? null;
      this.#serve(link.thread, link);
      this.#spare.delete(link);
      if (old === null) continue;
      this.#spare.add(old);
      this.#options.event({ kind: 'renewed', thread: link.thread, oldVersions: oldVersionsIn(old.vitalSigns) });
      void this.#retire(old, SWITCH_IDLE_MS);
    }
    for (const [thread, link] of this.#serving.entries()) {
      // Who has not the generation makes room for one that has.
      if (link !== null && !came.includes(link)) void link.stop(new Error(`thread ${thread} missed a generation`));
    }
    this.#release?.();
    this.#release = null;
  }

  #links(): ThreadLink[] {
    return this.#serving.filter((link) => link !== null);
  }

  /** Resolves when a thread serves, at the latest after a while: a change may be what they need to live. */
  async #someServing(): Promise<void> {
    if (this.servingCount > 0) return;
    await inTime(new Promise<void>((resolve) => this.#arrivals.push(resolve)), NOBODY_MS);
  }

  async #finish(how: 'commit' | 'abort'): Promise<void> {
    const links = [...this.#links(), ...this.#retiring];
    await Promise.all(links.map((link) => link.finish(how).catch(goneOnly)));
    this.#release?.();
    this.#release = null;
  }

  #spawn(thread: number): ThreadLink {
    const options = this.#options;
    const link = new ThreadLink(thread, options.spawn(thread), options.patience, {
      word: (value) => options.word(value, thread),
      stray: (error, more) => options.event({ kind: 'stray', thread, error, more }),
    });
    this.#all.add(link);
    link.ready.then(() => this.#all.has(link) && this.#watch.add(link)).catch(goneOnly);
    void link.gone.then((end) => this.#died(thread, link, end));
    return link;
  }

  #serve(thread: number, link: ThreadLink): void {
    if (!this.#all.has(link)) return;
    this.#serving[thread] = link;
    for (const arrived of this.#arrivals.splice(0)) arrived();
  }

  #stalled(link: ThreadLink, silentMs: number): void {
    void link.stop(new Error(`its loop stood still for ${(silentMs / 1000).toFixed(1)} s`));
  }

  #died(thread: number, link: ThreadLink, end: ThreadEnd): void {
    this.#all.delete(link);
    this.#watch.remove(link);
    this.#retiring.delete(link);
    const metrics = this.#lastMetrics.get(link);
    if (this.#lastMetrics.delete(link)) this.#options.lastMetrics(metrics);
    if (this.#serving[thread] === link) this.#serving[thread] = null;
    if (this.#spare.delete(link) || this.#closing) return;
    const waitMs = this.#backOffs[thread]?.failed(performance.now()) ?? BackOff.longestMs;
    const timer = setTimeout(() => this.#replaceNow(thread, timer), waitMs);
    this.#waiting.set(thread, timer);
    this.#options.event({ kind: 'died', thread, end, replacedInMs: waitMs });
  }

  #replaceNow(thread: number, timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    this.#waiting.delete(thread);
    void this.#replace(thread);
  }

  async #replace(thread: number): Promise<void> {
    if (await this.#install(thread, null)) this.#options.event({ kind: 'replaced', thread });
  }

  /**
   * Starts a thread, has it catch up, and gives it its place, which `old` has up to then; says whether that went well. When
   * it dies of that, `#died` sees to the next one, unless there is the old one.
   */
  async #install(thread: number, old: ThreadLink | null): Promise<boolean> {
    if (this.#closing) return false;
    const link = this.#spawn(thread);
    if (old !== null) this.#spare.add(link);
    try {
      await link.ready;
      const release = await this.#mutex.acquire();
      try {
        await this.#catchUp(thread, link);
        if (this.#ports !== null) await link.ask({ kind: 'listen', ports: this.#ports });
        this.#serve(thread, link);
        this.#spare.delete(link);
        if (old !== null && this.#all.has(old)) {
          this.#spare.add(old);
          this.#retiring.add(old);
        }
      } finally {
        release();
      }
      return true;
    } catch (error) {
      // It could not listen, perhaps: better to begin anew than to have a thread that serves nobody.
      if (!(error instanceof ThreadGoneError)) await link.terminate();
      return false;
    }
  }

  async #catchUp(thread: number, link: ThreadLink): Promise<void> {
    const change = this.#options.current();
    if (change.number === 0) return;
    const faults = await link.prepare(change);
    if (faults.length > 0) this.#options.event({ kind: 'incomplete', thread, faults });
    await link.finish('commit');
  }
}
