import { BroadcastChannel } from 'node:worker_threads';

/** How many ended sessions are known; the oldest make room. */
const MAX_ENDED = 10_000;
/** All data threads of the process tell each other by it. */
const CHANNEL = 'sluice ended sessions';

type Ended = readonly (readonly [id: string, untilS: number])[];
/** What threads tell each other: sessions that ended, or (empty) that a new one would like to know of them. */
type Word = { readonly ended: Ended } | { readonly asks: true };

/**
 * Logins that were ended before their time: whoever kept a copy of the cookies does not get in with it. Known to all
 * data threads of this process while one of them lives; another process, and this one once it is started anew, does
 * not know of them.
 */
export class EndedSessions {
  /** Until when the session would have lasted, in seconds since the epoch, by its id; oldest first. */
  readonly #ended = new Map<string, number>();
  #channel: BroadcastChannel | null = null;
  #holders = 0;

  /** Listens to the other threads until `release`. */
  retain(): void {
    if (this.#holders++ > 0) return;
    this.#channel = new BroadcastChannel(CHANNEL);
    this.#channel.onmessage = (event) => this.#hear((event as { data: Word }).data);
    this.#channel.unref();
    this.#channel.postMessage({ asks: true } satisfies Word);
  }

  release(): void {
    if (--this.#holders > 0) return;
    this.#channel?.close();
    this.#channel = null;
  }

  /** Ends a session, here and in all threads. */
  end(id: string, untilS: number): void {
    this.#remember([[id, untilS]]);
    this.#channel?.postMessage({ ended: [[id, untilS]] } satisfies Word);
  }

  has(id: string | undefined): boolean {
    return id !== undefined && this.#ended.has(id);
  }

  #hear(word: Word): void {
    if ('ended' in word) this.#remember(word.ended);
    else if (this.#ended.size > 0) this.#channel?.postMessage({ ended: [...this.#ended] } satisfies Word);
  }

  #remember(ended: Ended): void {
    const nowS = Date.now() / 1000;
    for (const [id, untilS] of ended) if (untilS > nowS) this.#ended.set(id, untilS);
    for (const [id, untilS] of this.#ended) {
      if (this.#ended.size <= MAX_ENDED && untilS > nowS) break;
      this.#ended.delete(id);
    }
  }
}

/** Those that this thread knows of. */
export const endedSessions = new EndedSessions();
