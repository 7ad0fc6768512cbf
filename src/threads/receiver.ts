import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import type { Question, ThreadPort, ToMain, ToThread } from './protocol.ts';
import { StagedGeneration, TURN_MS } from './staged-generation.ts';
import { ThreadDropIns } from './thread-drop-ins.ts';
import type { ThreadParts } from './thread-parts.ts';

/** How often is looked for routes that long requests have let go, in ms. */
const TIDY_INTERVAL_MS = 1000;

/** Connects a data thread with the main thread, which it obeys from here on. `tell` passes a word on to it. */
export function serveThread<B>(
  parts: ThreadParts<B>,
  port: ThreadPort<ToThread, ToMain> | null = parentPort,
): { tell(value: unknown): void } {
  if (port === null) throw new Error('a data thread is started by a main thread');
  const receiver = new Receiver(parts, (message) => port.postMessage(message));
  port.on('message', (message: ToThread) => receiver.receive(message));
  port.postMessage({ kind: 'ready' });
  return { tell: (value) => port.postMessage({ kind: 'word', value }) };
}

class Receiver<B> {
  readonly #parts: ThreadParts<B>;
  readonly #send: (message: ToMain) => void;
  readonly #dropIns: ThreadDropIns;
  readonly #inbox: Exclude<ToThread, { kind: 'ask' }>[] = [];
  #busy = false;
  #staged: StagedGeneration<B> | null = null;
  #tidying = false;

  constructor(parts: ThreadParts<B>, send: (message: ToMain) => void) {
    this.#parts = parts;
    this.#send = send;
    this.#dropIns = new ThreadDropIns(parts.builtins);
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
    this.#staged = null;
    this.#send({ kind: 'done' });
    void this.#tidy();
  }

  /** Takes out what generations left behind, a turn at a time. */
  async #tidy(): Promise<void> {
    if (this.#tidying) return;
    this.#tidying = true;
    let turnBeganAt = performance.now();
    while (this.#parts.table.tidy()) {
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
    if (question.kind === 'drain') return this.#parts.drain(question.timeoutMs);
    if (question.kind === 'reopen-logs') return this.#parts.reopenLogs();
    return this.#parts.metrics();
  }
}
