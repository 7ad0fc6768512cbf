import type { Socket } from 'node:net';
import { Deadline, type TimerWheel } from '../http/index.ts';
import { type ConnectionContext, type OpenConnection, refusal, refusalMessage, refusalText } from './http1/index.ts';

/** How long a client that is turned away may take to hear it. */
const HEARING_MS = 500;
/** So many at a time; others are cut as soon as the answer is handed to the system. */
const MAX_HEARING = 4;

/** In a tick of the clock so many idle connections give way to new ones. */
const GIVE_WAY = 8;

/**
 * Answers new connections that there is no room for with 503, holding each no longer than that takes, and has idle ones end
 * to make room: a client that keeps many of them for later is not to shut others out.
 */
export class Doorman {
  readonly #timers: TimerWheel;
  readonly #connections: ReadonlySet<OpenConnection>;
  #hearing = 0;
  #roomMadeAtTick = -1;

  constructor({ timers, connections }: Pick<ConnectionContext, 'timers' | 'connections'>) {
    this.#timers = timers;
    this.#connections = connections;
  }

  /** Has the oldest idle connections end. */
  makeRoom(): void {
    const { tick } = this.#timers;
    if (tick === this.#roomMadeAtTick) return;
    this.#roomMadeAtTick = tick;
    let left = GIVE_WAY;
    for (const connection of this.#connections) {
      if (connection.retire(1) && --left === 0) return;
    }
  }

  /** Answers on `socket`, and ends it. */
  turnAway(socket: Socket): void {
    const error = refusal(503, 'out-of-descriptors');
    socket.on('error', () => {});
    socket.resume();
    if (this.#hearing >= MAX_HEARING) {
      socket.end(refusalMessage(error, refusalText(error), false), () => socket.destroy());
      return;
    }
    this.#hearing++;
    const deadline = new Deadline(this.#timers, () => socket.destroy());
    deadline.set(HEARING_MS);
    socket.once('close', () => {
      this.#hearing--;
      deadline.dispose();
    });
    socket.end(refusalMessage(error, refusalText(error), false));
  }
}
