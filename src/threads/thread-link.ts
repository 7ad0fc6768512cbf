import type { GenerationChange, StageFault } from '../reload/index.ts';
import type { Question, ToMain, ToThread } from './protocol.ts';

/** A data thread as it is started: `Worker` is one. */
export interface SpawnedThread {
  postMessage(message: ToThread): void;
  on(event: 'message', listener: (message: ToMain) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  terminate(): Promise<unknown>;
}

/** Thrown when a data thread ended before it did what it was told. */
export class ThreadGoneError extends Error {
  override readonly name = 'ThreadGoneError';
}

/** How many slices are under way to a thread at most: enough that it need not wait, few enough to hold in memory. */
const WINDOW = 4;
/** A thread that does not get on with a reload for this long hangs, in ms. */
const HANG_MS = 15_000;

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/** One data thread as the main thread sees it. When it ends, all that is waited for fails with ThreadGoneError. */
export class ThreadLink {
  /** Resolves when the thread is there. */
  readonly ready: Promise<void>;
  /** Resolves, when the thread has ended, to why. */
  readonly gone: Promise<Error>;
  readonly #thread: SpawnedThread;
  readonly #answers = new Map<number, Waiting<unknown>>();
  readonly #word: (value: unknown) => void;
  #awaited: { kind: ToMain['kind']; waiting: Waiting<ToMain> } | null = null;
  #readyWaiting: Waiting<void> | null = null;
  #underWay = 0;
  #failure: Error | null = null;
  #ended = false;
  #nextId = 1;

  constructor(thread: SpawnedThread, word: (value: unknown) => void) {
    this.#thread = thread;
    this.#word = word;
    this.ready = new Promise((resolve, reject) => (this.#readyWaiting = { resolve, reject }));
    this.ready.catch(() => undefined);
    thread.on('message', (message) => this.#receive(message));
    thread.on('error', (error) => (this.#failure = error));
    this.gone = new Promise((resolve) => thread.on('exit', (code) => resolve(this.#end(code))));
  }

  /** Has a change made; resolves to what stands in its way. */
  async prepare(change: GenerationChange): Promise<readonly StageFault[]> {
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

  #post(message: ToThread): void {
    if (this.#ended) throw this.#goneError();
    this.#thread.postMessage(message);
  }

  /** The next message of a kind; one caller at a time. */
  async #next(kind: ToMain['kind']): Promise<ToMain> {
    const hang = setTimeout(() => {
      this.#failure = new Error(`did not get on with a reload for ${HANG_MS / 1000} s`);
      void this.terminate();
    }, HANG_MS);
    try {
      return await new Promise<ToMain>((resolve, reject) => {
        if (this.#ended) return reject(this.#goneError());
        this.#awaited = { kind, waiting: { resolve, reject } };
      });
    } finally {
      clearTimeout(hang);
    }
  }

  #receive(message: ToMain): void {
    if (message.kind === 'word') this.#word(message.value);
    else if (message.kind === 'ready') this.#readyWaiting?.resolve();
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

  #end(code: number): Error {
    this.#ended = true;
    this.#failure ??= new Error(`ended with code ${code}`);
    const error = this.#goneError();
    for (const { reject } of this.#answers.values()) reject(error);
    this.#answers.clear();
    this.#awaited?.waiting.reject(error);
    this.#readyWaiting?.reject(error);
    return this.#failure;
  }

  #goneError(): ThreadGoneError {
    return new ThreadGoneError(`the data thread is gone: ${this.#failure?.message ?? 'it ended'}`);
  }
}
