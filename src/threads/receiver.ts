import { setImmediate } from 'node:timers/promises';
import { catchStrayErrors, guardProcess } from '../drop-ins/index.ts';
import type { Question, ThreadPort, ToMain, ToThread } from './protocol.ts';
import { RunningCode } from './running-code.ts';
import { StagedGeneration, TURN_MS } from './staged-generation.ts';
import { StrayBudget } from './stray-budget.ts';
import { ThreadDropIns } from './thread-drop-ins.ts';
import type { ThreadParts } from './thread-parts.ts';
import { setOldVersions, startBeating, type VitalSigns } from './vital-signs.ts';

/** How often is looked for routes that long requests have let go, in ms. */
const TIDY_INTERVAL_MS = 1000;

/** What connects a data thread with the main thread. */
export interface ThreadSeat {
  readonly port: ThreadPort<ToThread, ToMain>;
  readonly vitalSigns: VitalSigns;
}

/** Connects a data thread with the main thread, which it obeys from here on. `tell` passes a word on to it. */
export function serveThread<B>(
  parts: ThreadParts<B>,
  { port, vitalSigns }: ThreadSeat,
): { tell(value: unknown): void } {
  const receiver = new Receiver(parts, vitalSigns, (message) => port.postMessage(message));
  startBeating(vitalSigns, parts.stallMs);
  port.on('message', (message: ToThread) => receiver.receive(message));
  port.postMessage({ kind: 'ready' });
  return { tell: (value) => port.postMessage({ kind: 'word', value }) };
}

/**
 * Guards this thread against the faults of drop-ins outside of any call: it lives on, and tells the main thread. For a
 * thread of its own; one that shares the main thread, as in tests, has nothing to guard.
 */
export function guardThread({ port }: ThreadSeat): void {
  guardProcess();
  const budget = new StrayBudget((error, more) => port.postMessage({ kind: 'stray', error, more }));
  catchStrayErrors((error) => budget.take(error));
}

class Receiver<B> {
  readonly #parts: ThreadParts<B>;
  readonly #vitalSigns: VitalSigns;
  readonly #send: (message: ToMain) => void;
  readonly #dropIns: ThreadDropIns;
  readonly #inbox: Exclude<ToThread, { kind: 'ask' }>[] = [];
  #busy = false;
  #staged: StagedGeneration<B> | null = null;
  #tidying = false;

  constructor(parts: ThreadParts<B>, vitalSigns: VitalSigns, send: (message: ToMain) => void) {
    this.#parts = parts;
    this.#vitalSigns = vitalSigns;
    this.#send = send;
    this.#dropIns = new ThreadDropIns(parts.builtins, new RunningCode(vitalSigns), parts.loadTimeoutMs);
    setInterval(() => void this.#tidy(), TIDY_INTERVAL_MS).unref();
  }

  receive(message: ToThread): void {
    if (message.kind === 'ask') void this.#answer(message.id, message.question);
    else {
      this.#inbox.push(message);
      if (!this.#busy) void this.#work();
    }
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let message = this.#inbox.shift(); message !== undefined; message = this.#inbox.shift()) {
      await this.#obey(message);
    }
    this.#busy = false;
  }

  async #obey(message: Exclude<ToThread, { kind: 'ask' }>): Promise<void> {
    if (message.kind === 'begin') {
      const { generation, put, remove } = message;
      this.#staged = new StagedGeneration(generation, this.#parts, await this.#dropIns.stage(put, remove));
      this.#send({ kind: 'imported' });
    } else if (message.kind === 'slice') {
      await this.#staged?.take(message.json);
      this.#send({ kind: 'taken' });
    } else if (message.kind === 'seal') {
      this.#send({ kind: 'prepared', faults: this.#staged?.faults ?? [] });
    } else this.#end(message.kind);
  }

  #end(how: 'commit' | 'abort'): void {
    if (this.#staged !== null) this.#parts.table[how](this.#staged.number);
    this.#dropIns[how]();
    setOldVersions(this.#vitalSigns, this.#dropIns.oldVersions);
    this.#staged = null;
    this.#send({ kind: 'done' });
    void this.#tidy();
  }

  /** Takes out what generations left behind, a turn at a time. */
  async #tidy(): Promise<void> {
    if (this.#tidying) return;
    this.#tidying = true;
    let turnBeganAt = performance.now();
    while (this.#parts.table.collectGarbage()) {
      if (performance.now() - turnBeganAt < TURN_MS) continue;
      await setImmediate();
      turnBeganAt = performance.now();
    }
    this.#tidying = false;
  }

  async #answer(id: number, question: Question): Promise<void> {
    try {
      this.#send({ kind: 'answer', id, value: await this.#find(question) });
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      this.#send({ kind: 'answer', id, error: message, ...(code === undefined ? {} : { code }) });
    }
  }

  #find(question: Question): unknown {
    if (question.kind === 'listen') return this.#parts.listen(question.ports);
    if (question.kind === 'drain') return this.#parts.drain(question.timeoutMs, question.idleMs);
    if (question.kind === 'reopen-logs') return this.#parts.reopenLogs();
    return this.#parts.metrics();
  }
}
