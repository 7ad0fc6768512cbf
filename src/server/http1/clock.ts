import { Deadline, type TimerWheel } from '../../http/index.ts';
import type { ListenerSettings } from '../options.ts';

/** How many linger time-outs a client that goes on sending is listened to in all. */
const LINGER_ROUNDS = 6;

/** What a connection waits for at the moment, and for how long: one wait for the client to send, one for it to take. */
export class ConnectionClock {
  readonly #timers: TimerWheel;
  readonly #settings: ListenerSettings;
  readonly #read: Deadline;
  readonly #writeExpired: () => void;
  /** Few connections ever meet a slow reader. */
  #write: Deadline | null = null;
  /** Few responses are bounded as a whole. */
  #response: Deadline | null = null;
  readonly #openedTick: number;
  /** The tick at which the request that is coming in must be whole. */
  #requestEndTick = 0;
  /** Whether the content it waits for is wanted; null while it waits for none. */
  #isBodyWanted: boolean | null = null;
  #lingerEndTick = 0;

  constructor(timers: TimerWheel, settings: ListenerSettings, expired: { read(): void; write(): void }) {
    this.#timers = timers;
    this.#settings = settings;
    this.#read = new Deadline(timers, expired.read);
    this.#writeExpired = expired.write;
    this.#openedTick = timers.tick;
  }

  /** The connection is as old as it may get. */
  get isOld(): boolean {
    const { keepAliveMaxAgeMs } = this.#settings;
    return keepAliveMaxAgeMs > 0 && (this.#timers.tick - this.#openedTick) * this.#timers.tickMs >= keepAliveMaxAgeMs;
  }

  /** The first byte of a request is here: from now on counts the time for all of it. */
  beginRequest(): void {
    const { requestTimeoutMs } = this.#settings;
    this.#requestEndTick = requestTimeoutMs > 0 ? this.#tickIn(requestTimeoutMs) : Number.POSITIVE_INFINITY;
  }

  /** The time for all of the request that is coming in is this, from now on. */
  boundRequest(timeoutMs: number): void {
    this.#requestEndTick = this.#tickIn(timeoutMs);
    if (this.#isBodyWanted !== null) this.awaitBody(this.#isBodyWanted);
  }

  awaitHead(): void {
    this.#read.set(this.#settings.headerTimeoutMs);
  }

  awaitNextRequest(): void {
    this.#read.set(this.#settings.keepAliveTimeoutMs);
  }

  /** Waits for content: for its next byte only while somebody wants it. */
  awaitBody(isWanted: boolean): void {
    this.#isBodyWanted = isWanted;
    const { tick, tickMs } = this.#timers;
    const leftMs = Math.max(1, (this.#requestEndTick - tick) * tickMs);
    const idleMs = isWanted ? this.#settings.bodyIdleTimeoutMs : 0;
    const delayMs = idleMs > 0 ? Math.min(idleMs, leftMs) : leftMs;
    this.#read.set(Number.isFinite(delayMs) ? delayMs : 0);
  }

  /** Waits for the rest of a request that was answered already. */
  awaitRest(): void {
    this.#read.set(this.#settings.lingerTimeoutMs);
  }

  /** Waits for a sign that a client that ended its side is still there. */
  awaitHalfClosed(): void {
    this.#read.set(this.#settings.halfCloseGraceMs);
  }

  /** Waits for the client to end its side. Says whether it may go on sending. */
  linger(): boolean {
    const { tick } = this.#timers;
    const { lingerTimeoutMs } = this.#settings;
    if (this.#lingerEndTick === 0) this.#lingerEndTick = this.#tickIn(LINGER_ROUNDS * lingerTimeoutMs);
    this.#read.set(lingerTimeoutMs);
    return tick < this.#lingerEndTick;
  }

  /** Waits for nothing that the client is to send. */
  awaitNothing(): void {
    this.#isBodyWanted = null;
    this.#read.clear();
  }

  /** Waits for the client to take what was written. */
  awaitDrain(): void {
    this.#write ??= new Deadline(this.#timers, this.#writeExpired);
    this.#write.set(this.#settings.writeTimeoutMs);
  }

  drained(): void {
    this.#write?.clear();
  }

  /** Waits for the client to have taken all of the response. */
  awaitResponse(timeoutMs: number): void {
    this.#response ??= new Deadline(this.#timers, this.#writeExpired);
    this.#response.set(timeoutMs);
  }

  responseEnded(): void {
    this.#response?.clear();
  }

  dispose(): void {
    this.#read.dispose();
    this.#write?.dispose();
    this.#response?.dispose();
  }

  #tickIn(delayMs: number): number {
    return this.#timers.tick + Math.ceil(delayMs / this.#timers.tickMs);
  }
}
