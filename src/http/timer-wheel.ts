/** How a wheel is made; all has a default. */
export interface TimerWheelOptions {
  /** Resolution in ms, default 100: a time-out fires up to two ticks late, never early. */
  tickMs?: number;
  /** Number of slots, default 1024. Longer time-outs go round more than once. */
  slots?: number;
  /** False leaves the ticking to `advance`, as tests do. Default true. */
  ticking?: boolean;
}

/** Ticks one look at the clock may make up for: time during which the thread was blocked is not the peers' fault. */
const MAX_TICKS_AT_ONCE = 3;

/**
 * One coarse clock for many time-outs: setting one later costs a number, not a timer.
 *
 * Ticks only while something is set, and never keeps the process alive.
 */
export class TimerWheel {
  readonly tickMs: number;
  readonly #slots: (Deadline | null)[];
  readonly #ticking: boolean;
  #tick = 0;
  #size = 0;
  #interval: NodeJS.Timeout | null = null;
  #lookedAtMs = 0;

  constructor(options: TimerWheelOptions = {}) {
    this.tickMs = options.tickMs ?? 100;
    this.#slots = new Array<Deadline | null>(options.slots ?? 1024).fill(null);
    this.#ticking = options.ticking ?? true;
  }

  /** Number of deadlines the wheel holds. */
  get size(): number {
    return this.#size;
  }

  /** Ticks since the wheel was made; stands still while nothing is set. */
  get tick(): number {
    return this.#tick;
  }

  /** Lets `ticks` pass and fires what falls due. */
  advance(ticks: number): void {
    for (let left = ticks; left > 0; left--) {
      this.#tick++;
      this.#turn(this.#tick % this.#slots.length);
    }
  }

  /** Puts a deadline into the slot of its due tick, or as far ahead as the wheel reaches. For Deadline only. */
  link(deadline: Deadline): void {
    const ahead = Math.min(deadline.dueTick - this.#tick, this.#slots.length - 1);
    deadline.slotTick = this.#tick + ahead;
    const slot = deadline.slotTick % this.#slots.length;
    const next = this.#slots[slot] ?? null;
    deadline.next = next;
    if (next !== null) next.previous = deadline;
    this.#slots[slot] = deadline;
    if (this.#size++ === 0 && this.#ticking) this.#start();
  }

  /** Takes a deadline out of its slot. For Deadline only. */
  unlink(deadline: Deadline): void {
    const { previous, next } = deadline;
    if (previous === null) this.#slots[deadline.slotTick % this.#slots.length] = next;
    else previous.next = next;
    if (next !== null) next.previous = previous;
    deadline.previous = null;
    deadline.next = null;
    deadline.slotTick = -1;
    if (--this.#size === 0) this.#stop();
  }

  #turn(slot: number): void {
    let deadline = this.#slots[slot] ?? null;
    const due: Deadline[] = [];
    for (; deadline !== null; deadline = deadline.next) due.push(deadline);
    for (const each of due) each.reached(this.#tick);
  }

  #start(): void {
    this.#lookedAtMs = performance.now();
    this.#interval = setInterval(() => this.#look(), this.tickMs);
    this.#interval.unref();
  }

  #stop(): void {
    if (this.#interval !== null) clearInterval(this.#interval);
    this.#interval = null;
  }

  #look(): void {
    const ticks = Math.floor((performance.now() - this.#lookedAtMs) / this.tickMs);
    if (ticks <= 0) return;
    this.#lookedAtMs += ticks * this.tickMs;
    this.advance(Math.min(ticks, MAX_TICKS_AT_ONCE));
  }
}

/** A time-out that can be set again and again at the cost of a number; one per connection. Belongs to one wheel. */
export class Deadline {
  /** Fields of the wheel: the tick it falls due, the slot it waits in (-1: none), its neighbours there. */
  dueTick = 0;
  slotTick = -1;
  previous: Deadline | null = null;
  next: Deadline | null = null;
  readonly #wheel: TimerWheel;
  readonly #expired: () => void;
  #isSet = false;

  constructor(wheel: TimerWheel, expired: () => void) {
    this.#wheel = wheel;
    this.#expired = expired;
  }

  /** Says whether it is going to fire. */
  get isSet(): boolean {
    return this.#isSet;
  }

  /** Fires once, `delayMs` from now, in place of what was set before; 0 clears it. */
  set(delayMs: number): void {
    if (delayMs <= 0) {
      this.#isSet = false;
      return;
    }
    const wheel = this.#wheel;
    this.#isSet = true;
    this.dueTick = wheel.tick + Math.ceil(delayMs / wheel.tickMs) + 1;
    if (this.slotTick < 0) wheel.link(this);
    else if (this.slotTick > this.dueTick) {
      wheel.unlink(this);
      wheel.link(this);
    }
  }

  /** Does not fire, unless set again. What it holds in the wheel goes with the turn of its slot. */
  clear(): void {
    this.#isSet = false;
  }

  /** Leaves the wheel at once. */
  dispose(): void {
    this.#isSet = false;
    if (this.slotTick >= 0) this.#wheel.unlink(this);
  }

  /** Its slot has come round: fires, or moves on when it was set later meanwhile. For the wheel only. */
  reached(tick: number): void {
    // An earlier deadline of the same turn may have taken this one out, or set it anew.
    if (this.slotTick !== tick) return;
    this.#wheel.unlink(this);
    if (!this.#isSet) return;
    if (this.dueTick > tick) {
      this.#wheel.link(this);
      return;
    }
    this.#isSet = false;
    this.#expired();
  }
}

/** The wheel of this thread. */
export const threadTimers = new TimerWheel();
