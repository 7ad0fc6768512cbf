import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { type Whereabouts, whereaboutsOf } from '../guard/whereabouts.ts';
import type { ProbeSetup } from './probe.ts';
import type { FromProbe, ToProbe } from './probe-protocol.ts';

/** What hears of a probe. */
export interface ProbeEar {
  take(message: FromProbe): void;
  /** It ended before it was told to, and why. */
  gone(reason: Error): void;
}

/** A probe as the main thread sees it. */
export class ProbeLink {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  #ear: ProbeEar | null = null;
  #failure: Error | null = null;
  #ended = false;

  /** `maxHeapMib` bounds its heap. */
  constructor(maxHeapMib: number) {
    const { port1, port2 } = new MessageChannel();
    const setup: ProbeSetup = { port: port2 };
    this.#port = port1;
    this.#worker = new Worker(probeUrl(), {
      name: 'probe',
      workerData: setup,
      transferList: [port2],
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMib },
    });
    port1.on('message', (message: FromProbe) => this.#ear?.take(message));
    this.#worker.on('error', (error: Error) => (this.#failure ??= error));
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    // What it said last comes before its port is closed, and perhaps behind its exit.
    const closed = new Promise<void>((resolve) => port1.once('close', resolve));
    void Promise.all([exited, closed]).then(([code]) => this.#end(new Error(`ended with code ${code}`)));
  }

  /** Says who hears of it from now on. */
  set ear(ear: ProbeEar | null) {
    this.#ear = ear;
  }

  get isAlive(): boolean {
    return !this.#ended;
  }

  post(message: ToProbe): void {
    this.#port.postMessage(message);
  }

  /** Ends it; nobody hears of it any more. */
  async close(): Promise<void> {
    this.#ear = null;
    this.#ended = true;
    await this.#worker.terminate();
  }

  /** Ends it in whatever it does, and resolves to where that was. */
  async stop(): Promise<Whereabouts> {
    this.#ear = null;
    this.#ended = true;
    const where = await whereaboutsOf(this.#worker.threadId);
    // Whether it ends, and when, is not waited for: V8 ends no thread amid a collection.
    void this.#worker.terminate();
    return where;
  }

  #end(reason: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#ear?.gone(this.#failure ?? reason);
  }
}

/** Beside this file, compiled or not. */
function probeUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './probe-thread.ts' : './probe-thread.js', import.meta.url);
}

/** Why a probe ended, as authors of drop-ins are told it. */
export function endReason(error: Error, maxHeapMib: number): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ERR_WORKER_OUT_OF_MEMORY' ? `it takes more than ${maxHeapMib} MiB of memory` : error.message;
}
