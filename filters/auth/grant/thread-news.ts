import { BroadcastChannel } from 'node:worker_threads';

interface Item<V> {
  readonly value: V;
  /** Until when it is news, in seconds since the epoch. */
  readonly untilS: number;
}
type Items<V> = readonly (readonly [key: string, item: Item<V>])[];
/** What threads tell each other: news, or that a new one would like to hear what there is. */
type Word<V> = { readonly items: Items<V> } | { readonly asks: true };

/**
 * What the data threads of this process tell each other, by key, each for a time. A thread that starts hears what the
 * others know; another process knows of nothing, nor does this one once it is started anew.
 */
export class ThreadNews<V> {
  readonly #name: string;
  readonly #capacity: number;
  /** Oldest first. */
  readonly #items = new Map<string, Item<V>>();
  #channel: BroadcastChannel | null = null;
  #holders = 0;

  /** `name` is one for all threads; beyond `capacity` the oldest make room. */
  constructor(name: string, capacity: number) {
    this.#name = name;
    this.#capacity = capacity;
  }

  /** Listens to the other threads until `release`. */
  retain(): void {
    if (this.#holders++ > 0) return;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = (event) => this.#hear((event as { data: Word<V> }).data);
    this.#channel.unref();
    this.#channel.postMessage({ asks: true } satisfies Word<V>);
  }

  release(): void {
    if (--this.#holders > 0) return;
    this.#channel?.close();
    this.#channel = null;
  }

  /** Makes something known, here and in all threads. */
  tell(key: string, value: V, untilS: number): void {
    const items: Items<V> = [[key, { value, untilS }]];
    this.#remember(items);
    this.#channel?.postMessage({ items } satisfies Word<V>);
  }

  /** What is known under the key, as long as it is news. */
  get(key: string): V | undefined {
    const item = this.#items.get(key);
    return item !== undefined && item.untilS > Date.now() / 1000 ? item.value : undefined;
  }

  #hear(word: Word<V>): void {
    if ('items' in word) this.#remember(word.items);
    else if (this.#items.size > 0) this.#channel?.postMessage({ items: [...this.#items] } satisfies Word<V>);
  }

  #remember(items: Items<V>): void {
    const nowS = Date.now() / 1000;
    for (const [key, item] of items) {
      this.#items.delete(key);
      if (item.untilS > nowS) this.#items.set(key, item);
    }
    for (const [key, { untilS }] of this.#items) {
      if (this.#items.size <= this.#capacity && untilS > nowS) break;
      this.#items.delete(key);
    }
  }
}
