import type { CodePlace, StrayError, Whereabouts } from '../drop-ins/index.ts';
import type { GenerationChange, StageFault } from '../reload/index.ts';
import type { Question, ToMain, ToThread } from './protocol.ts';
import { runningIn, type VitalSigns } from './vital-signs.ts';

/** A data thread as it is started: `WorkerThread` is one. */
export interface SpawnedThread {
  readonly vitalSigns: VitalSigns;
  postMessage(message: ToThread): void;
  on(event: 'message', listener: (message: ToMain) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  terminate(): Promise<unknown>;
  /** Ends it in whatever it does; `told` gets to know where that is, innermost call first, before it has ended. */
  stop(told: (where: Whereabouts) => void): Promise<void>;
}

/** Thrown when a data thread ended before it did what it was told. */
export class ThreadGoneError extends Error {
  override readonly name = 'ThreadGoneError';
  /** The version of the drop-in whose code ran at the end; 0 for none that is known. */
  readonly version: number;

  constructor(message: string, version: number) {
    super(message);
    this.version = version;
  }
}

/** How the end of a thread came about. */
export interface ThreadEnd {
  readonly reason: Error;
  /** Whether it was ended for standing still, or for not getting on. */
  readonly wasStopped: boolean;
  /** Where its code stood, innermost call first; empty where that is not known. */
  readonly where: readonly CodePlace[];
  /** The version of the drop-in whose code ran; 0 for none that is known. */
  readonly version: number;
}

/** What a thread says of its own accord. */
export interface ThreadEar {
  word(value: unknown): void;
  stray(error: StrayError, more: number): void;
}

/** How long a thread may take over things, in ms. */
export interface ThreadPatience {
  /** Its loop may stand still for this long. */
  readonly stallMs: number;
  /** A drop-in may take this long to load. */
  readonly loadMs: number;
}

/** How many slices are under way to a thread at most: enough that it need not wait, few enough to hold in memory. */
const WINDOW = 4;
/** A thread whose loop turns, and which still does not get on with a reload for this long, is broken; in ms. */
const BROKEN_MS = 15_000;

/** A thread that is to end, and does not within this time, is left to itself; in ms. V8 ends none amid a collection. */
const UNSTOPPABLE_MS = 3000;

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/** One data thread as the main thread sees it. When it ends, all that is waited for fails with ThreadGoneError. */
export class ThreadLink {
  /** Its number among the data threads; it has the same as the one whose place it takes. */
  readonly thread: number;
  /** Resolves when the thread is there. */
  readonly ready: Promise<void>;
  /** Resolves, when the thread has ended, to why. */
  readonly gone: Promise<ThreadEnd>;
  readonly vitalSigns: VitalSigns;
  readonly #thread: SpawnedThread;
  readonly #patience: ThreadPatience;
  readonly #answers = new Map<number, Waiting<unknown>>();
  readonly #ear: ThreadEar;
  #awaited: { kind: ToMain['kind']; waiting: Waiting<ToMain> } | null = null;
  #readyWaiting: Waiting<void> | null = null;
  #underWay = 0;
  #importing = false;
  #wasStopped = false;
  #failure: Error | null = null;
  #where: Whereabouts = [];
  #giveUp: () => void = () => undefined;
  #ended = false;
  #nextId = 1;

  constructor(number: number, thread: SpawnedThread, patience: ThreadPatience, ear: ThreadEar) {
    this.thread = number;
    this.#thread = thread;
    this.#patience = patience;
    this.#ear = ear;
    this.vitalSigns = thread.vitalSigns;
    this.ready = new Promise((resolve, reject) => (this.#readyWaiting = { resolve, reject }));
    this.ready.catch(() => undefined);
    thread.on('message', (message) => this.#receive(message));
    thread.on('error', (error) => (this.#failure ??= error));
    this.gone = new Promise((resolve) => {
      thread.on('exit', (code) => resolve(this.#end(code)));
      this.#giveUp = () => resolve(this.#end(1));
    });
  }

  /** How long its loop may stand still now, in ms: modules that are loaded may take their time. */
  get patienceMs(): number {
    const { stallMs, loadMs } = this.#patience;
    return this.#importing ? Math.max(stallMs, loadMs) : stallMs;
  }

  /** Has a change made; resolves to what stands in its way. */
  async prepare(change: GenerationChange): Promise<readonly StageFault[]> {
    this.#importing = change.dropIns.put.length > 0;
    this.#post({ kind: 'begin', generation: change.number, ...change.dropIns });
    for (const json of change.slices()) {
      while (this.#underWay >= WINDOW) await this.#next('taken');
      this.#underWay++;
      this.#post({ kind: 'slice', json });
    }
    while (this.#underWay > 0) await this.#next('taken');
    this.#post({ kind: 'seal' });
    const prepared = await this.#next('prepared');
    return prepared.kind === 'prepared' ? prepared.faults : [];
  }

  /** Ends what was prepared; resolves when it is in use, or forgotten. */
  async finish(how: 'commit' | 'abort'): Promise<void> {
    this.#post({ kind: how });
    await this.#next('done');
  }

  /** Asks the thread. @throws ThreadGoneError, or an Error with the message of the one thrown there */
  ask(question: Question): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#goneError());
      this.#answers.set(id, { resolve, reject });
      this.#post({ kind: 'ask', id, question });
    });
  }

  /** Ends the thread at once. */
  async terminate(): Promise<void> {
    await this.#thread.terminate();
  }

  /** Ends the thread because of `failure`, which is then the reason; where its code stands is found out first. */
  async stop(failure: Error): Promise<void> {
    this.#failure ??= failure;
    this.#wasStopped = true;
    const timer = setTimeout(this.#giveUp, UNSTOPPABLE_MS);
    await this.#thread.stop((where) => (this.#where = where));
    clearTimeout(timer);
  }

  #post(message: ToThread): void {
    if (this.#ended) throw this.#goneError();
    this.#thread.postMessage(message);
  }

  /** The next message of a kind; one caller at a time. */
  async #next(kind: ToMain['kind']): Promise<ToMain> {
    const patienceMs = BROKEN_MS + (this.#importing ? this.#patience.loadMs : 0);
    const broken = new Error(`did not get on with a reload for ${patienceMs / 1000} s`);
    const timer = setTimeout(() => void this.stop(broken), patienceMs);
    try {
      return await new Promise<ToMain>((resolve, reject) => {
        if (this.#ended) return reject(this.#goneError());
        this.#awaited = { kind, waiting: { resolve, reject } };
      });
    } finally {
      clearTimeout(timer);
    }
  }

  #receive(message: ToMain): void {
    if (message.kind === 'word') this.#ear.word(message.value);
    else if (message.kind === 'stray') this.#ear.stray(message.error, message.more);
    else if (message.kind === 'ready') this.#readyWaiting?.resolve();
    else if (message.kind === 'imported') this.#importing = false;
    else if (message.kind === 'answer') {
      const asked = this.#answers.get(message.id);
      this.#answers.delete(message.id);
      if (message.error === undefined) asked?.resolve(message.value);
      else asked?.reject(Object.assign(new Error(message.error), { code: message.code }));
    } else {
      if (message.kind === 'taken') this.#underWay--;
      if (this.#awaited?.kind !== message.kind) return;
      const { waiting } = this.#awaited;
      this.#awaited = null;
      waiting.resolve(message);
    }
  }

  #end(code: number): ThreadEnd {
    this.#ended = true;
    this.#failure ??= new Error(`ended with code ${code}`);
    const error = this.#goneError();
    for (const { reject } of this.#answers.values()) reject(error);
    this.#answers.clear();
    this.#awaited?.waiting.reject(error);
    this.#readyWaiting?.reject(error);
    return { reason: this.#failure, wasStopped: this.#wasStopped, where: this.#where, version: error.version };
  }

  #goneError(): ThreadGoneError {
    const message = `the data thread is gone: ${this.#failure?.message ?? 'it ended'}`;
    return new ThreadGoneError(message, runningIn(this.vitalSigns));
  }
}
