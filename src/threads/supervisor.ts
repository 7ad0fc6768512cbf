import type { GenerationChange, Stage, StageFault } from '../reload/index.ts';
import { BackOff } from './back-off.ts';
import { type SpawnedThread, ThreadGoneError, ThreadLink } from './thread-link.ts';
import { Turns } from './turns.ts';

/** What happens to data threads, for the log. `thread` counts from 0. */
export type SupervisorEvent =
  | { readonly kind: 'died'; readonly thread: number; readonly reason: Error; readonly replacedInMs: number }
  | { readonly kind: 'replaced'; readonly thread: number }
  /** A new thread could not make all that the others serve. */
  | { readonly kind: 'incomplete'; readonly thread: number; readonly faults: readonly StageFault[] };

/** What a supervisor works with. */
export interface SupervisorOptions {
  /** How many data threads there are. */
  readonly threads: number;
  /** Starts a data thread, such as `new Worker(…)` of a file that calls `serveThread`. */
  spawn(thread: number): SpawnedThread;
  /** All that is in use, for a thread that takes the place of another. */
  current(): GenerationChange;
  /** Told of what happens. */
  event(event: SupervisorEvent): void;
  /** Takes what threads pass on with `tell`. */
  word(value: unknown, thread: number): void;
}

/**
 * Starts data threads, replaces those that die, and takes all of them from generation to generation together. A thread
 * that dies on the way is left out; the one that takes its place begins with what is in use then.
 */
export class Supervisor implements Stage {
  readonly #options: SupervisorOptions;
  /** By number; null while the thread is dead or has not caught up yet. */
  readonly #serving: (ThreadLink | null)[];
  readonly #all = new Set<ThreadLink>();
  readonly #turns = new Turns();
  readonly #backOffs: BackOff[];
  readonly #timers = new Set<NodeJS.Timeout>();
  #endTurn: (() => void) | null = null;
  #ports: readonly number[] | null = null;
  #closing = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#serving = Array.from({ length: options.threads }, () => null);
    this.#backOffs = Array.from({ length: options.threads }, () => new BackOff());
  }

  /** Starts the threads; resolves when all are there. @throws ThreadGoneError when one ends at once. */
  async start(): Promise<void> {
    const links = this.#serving.map((_, thread) => this.#spawn(thread));
    await Promise.all(links.map(({ ready }) => ready));
    for (const [thread, link] of links.entries()) this.#serve(thread, link);
  }

  /** Has all threads accept connections on `ports`; for 0 the first one chooses. Resolves to the ports. */
  async listen(ports: readonly number[]): Promise<readonly number[]> {
    const endTurn = await this.#turns.take();
    try {
      let chosen = ports;
      for (const link of this.#links()) chosen = (await link.ask({ kind: 'listen', ports: chosen })) as number[];
      this.#ports = chosen;
      return chosen;
    } finally {
      endTurn();
    }
  }

  /** How many threads serve now. */
  get servingCount(): number {
    return this.#links().length;
  }

  /** The metrics of all threads that serve, as `ThreadParts.metrics` gives them. */
  async metrics(): Promise<unknown[]> {
    const asked = await Promise.allSettled(this.#links().map((link) => link.ask({ kind: 'metrics' })));
    return asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  /** Has the threads open their log files anew; resolves to how many they have. */
  async reopenLogs(): Promise<number> {
    const asked = await Promise.allSettled(this.#links().map((link) => link.ask({ kind: 'reopen-logs' })));
    return asked.reduce((sum, one) => (one.status === 'fulfilled' ? sum + (one.value as number) : sum), 0);
  }

  async prepare(change: GenerationChange): Promise<readonly StageFault[]> {
    this.#endTurn = await this.#turns.take();
    const links = this.#links();
    // Code that kills or hangs its thread is to do so in one of them, not in all.
    const taster = change.dropIns.put.length > 0 ? links.shift() : undefined;
    const faults = taster === undefined ? [] : await prepareAll([taster], change);
    return faults.length > 0 ? faults : prepareAll(links, change);
  }

  async commit(): Promise<void> {
    await this.#finish('commit');
  }

  async abort(): Promise<void> {
    await this.#finish('abort');
  }

  /**
   * Has the threads accept no more connections and finish their requests; resolves when they have, at the latest soon
   * after `timeoutMs`. Dead threads are not replaced any more.
   */
  async drain(timeoutMs: number): Promise<void> {
    this.#closing = true;
    const drained = Promise.allSettled([...this.#all].map((link) => link.ask({ kind: 'drain', timeoutMs })));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs + 500)));
    await Promise.race([drained, late]);
    clearTimeout(timer);
  }

  /** Ends all threads at once. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([...this.#all].map((link) => link.terminate()));
  }

  #links(): ThreadLink[] {
    return this.#serving.filter((link) => link !== null);
  }

  async #finish(how: 'commit' | 'abort'): Promise<void> {
    await Promise.all(this.#links().map((link) => link.finish(how).catch(goneOnly)));
    this.#endTurn?.();
    this.#endTurn = null;
  }

  #spawn(thread: number): ThreadLink {
    const link = new ThreadLink(this.#options.spawn(thread), (value) => this.#options.word(value, thread));
    this.#all.add(link);
    void link.gone.then((reason) => this.#died(thread, link, reason));
    return link;
  }

  #serve(thread: number, link: ThreadLink): void {
    if (this.#all.has(link)) this.#serving[thread] = link;
  }

  #died(thread: number, link: ThreadLink, reason: Error): void {
    this.#all.delete(link);
    if (this.#serving[thread] === link) this.#serving[thread] = null;
    if (this.#closing) return;
    const waitMs = this.#backOffs[thread]?.failed(performance.now()) ?? BackOff.longestMs;
    this.#options.event({ kind: 'died', thread, reason, replacedInMs: waitMs });
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#replace(thread);
    }, waitMs);
    this.#timers.add(timer);
  }

  /** Starts a thread and has it catch up. When it dies of that, `#died` sees to the next one. */
  async #replace(thread: number): Promise<void> {
    if (this.#closing) return;
    const link = this.#spawn(thread);
    try {
      await link.ready;
      const endTurn = await this.#turns.take();
      try {
        await this.#catchUp(thread, link);
        if (this.#ports !== null) await link.ask({ kind: 'listen', ports: this.#ports });
        this.#serve(thread, link);
      } finally {
        endTurn();
      }
      this.#options.event({ kind: 'replaced', thread });
    } catch (error) {
      // It could not listen, perhaps: better to begin anew than to have a thread that serves nobody.
      if (!(error instanceof ThreadGoneError)) await link.terminate();
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

/** What stands in the way in these threads, each fault once: threads mostly agree on what is wrong. */
async function prepareAll(links: readonly ThreadLink[], change: GenerationChange): Promise<StageFault[]> {
  const results = await Promise.all(links.map((link) => link.prepare(change).catch(goneOnly)));
  const [gone] = results.filter((result) => result instanceof ThreadGoneError);
  const answers = results.flatMap((result) => (result instanceof ThreadGoneError ? [] : [result]));
  if (gone !== undefined && answers.length === 0) return [{ kind: 'whole', message: gone.message }];
  return [...new Map(answers.flat().map((fault) => [JSON.stringify(fault), fault])).values()];
}

function goneOnly(error: unknown): ThreadGoneError {
  if (error instanceof ThreadGoneError) return error;
  throw error;
}
