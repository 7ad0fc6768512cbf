import { beatInterval, beatsOf, type VitalSigns } from './vital-signs.ts';

/** A thread that is watched. */
export interface Watched {
  readonly vitalSigns: VitalSigns;
  /** How long its loop may stand still now, in ms. */
  readonly patienceMs: number;
}

interface Pulse {
  beats: number;
  silentMs: number;
  told: boolean;
}

/**
 * Notices threads whose loop stands still, by beats that do not come. What the watching thread itself was held up, or the
 * whole process was, does not count against them.
 */
export class StallWatch<T extends Watched> {
  readonly #pulses = new Map<T, Pulse>();
  readonly #stalled: (thread: T, silentMs: number) => void;
  readonly #intervalMs: number;
  readonly #timer: NodeJS.Timeout;
  #lookedAt = performance.now();

  /** `stalled` is told once of each thread that stands still for longer than it may; `stallMs` sets how often is looked. */
  constructor(stallMs: number, stalled: (thread: T, silentMs: number) => void) {
    this.#stalled = stalled;
    this.#intervalMs = beatInterval(stallMs);
    this.#timer = setInterval(() => this.#look(), this.#intervalMs);
    this.#timer.unref();
  }

  add(thread: T): void {
    this.#pulses.set(thread, { beats: beatsOf(thread.vitalSigns), silentMs: 0, told: false });
  }

  remove(thread: T): void {
    this.#pulses.delete(thread);
  }

  /** Since when the thread was not seen turning, in ms. */
  silentMs(thread: T): number {
    return this.#pulses.get(thread)?.silentMs ?? 0;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#pulses.clear();
  }

  #look(): void {
    const now = performance.now();
    const passedMs = Math.min(now - this.#lookedAt, 2 * this.#intervalMs);
    this.#lookedAt = now;
    for (const [thread, pulse] of this.#pulses) {
      const beats = beatsOf(thread.vitalSigns);
      pulse.silentMs = beats === pulse.beats ? pulse.silentMs + passedMs : 0;
      pulse.beats = beats;
      if (pulse.told || pulse.silentMs < thread.patienceMs) continue;
      pulse.told = true;
      this.#stalled(thread, pulse.silentMs);
    }
  }
}
