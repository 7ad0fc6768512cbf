import type { Socket } from 'node:net';
import { Deadline, type TimerWheel } from '../http/index.ts';
import { refusal, refusalMessage, refusalText } from './http1/index.ts';

/** How long a client that is turned away may take to hear it. */
const HEARING_MS = 500;
/** So many at a time; others are cut as soon as the answer is handed to the system. */
const MAX_HEARING = 4;

/** Answers new connections that there is no room for with 503, holding each no longer than that takes. */
export class Doorman {
  readonly #timers: TimerWheel;
  #hearing = 0;

  constructor(timers: TimerWheel) {
    this.#timers = timers;
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
