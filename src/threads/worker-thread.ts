import { MessageChannel, type MessagePort, Worker, type WorkerOptions } from 'node:worker_threads';
import { type Whereabouts, whereaboutsOf } from '../drop-ins/index.ts';
import type { ThreadPort, ToMain, ToThread } from './protocol.ts';
import type { SpawnedThread } from './thread-link.ts';
import { newVitalSigns, type VitalSigns } from './vital-signs.ts';

/** What a data thread needs of what it is started with; taken by `takeSeat`. */
export interface Seat {
  /** To the main thread. A channel of our own: the one that Node gives is in reach of drop-ins, which may close it. */
  port: MessagePort;
  readonly vitalSigns: VitalSigns;
}

/** A data thread as a worker of Node. */
export class WorkerThread implements SpawnedThread {
  readonly vitalSigns: VitalSigns = newVitalSigns();
  readonly #worker: Worker;
  readonly #port: MessagePort;

  /** Starts the module at `url`; it finds `setup` and its seat in its `workerData`. */
  constructor(url: URL, setup: object, options: WorkerOptions = {}) {
    const { port1, port2 } = new MessageChannel();
    const seat: Seat = { port: port2, vitalSigns: this.vitalSigns };
    this.#port = port1;
    this.#worker = new Worker(url, { ...options, workerData: { ...setup, seat }, transferList: [port2] });
  }

  postMessage(message: ToThread): void {
    this.#port.postMessage(message);
  }

  on(event: 'message', listener: (message: ToMain) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  on(event: string, listener: (value: never) => void): unknown {
    const heard = listener as (value: unknown) => void;
    return event === 'message' ? this.#port.on(event, heard) : this.#worker.on(event, heard);
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Ends it where it stands; `told` gets to know where that is before it has ended. */
  async stop(told: (where: Whereabouts) => void): Promise<void> {
    told(await whereaboutsOf(this.#worker.threadId));
    await this.terminate();
  }
}

/** Takes the seat of this thread out of what it was started with, where drop-ins do not find it then. */
export function takeSeat(setup: { seat?: Seat }): { port: ThreadPort<ToThread, ToMain>; vitalSigns: VitalSigns } {
  const { seat } = setup;
  if (seat === undefined) throw new Error('a data thread is started by a main thread');
  delete setup.seat;
  return seat;
}
