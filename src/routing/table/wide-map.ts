/** A Map of this size grows in well under a millisecond; one of 250 000 entries takes ten. */
const NARROW = 4096;
/** A power of two. */
const SHARDS = 64;
/** About how many characters of a key decide about its shard. */
const SAMPLES = 16;

/** Stands for the shards of a map that has had one entry at most; never changed. */
const NO_SHARDS: never[] = [];

/**
 * A map from strings for many entries or for one: it never stops to rehash all of its entries, since beyond some
 * thousands they are spread over many Maps, and a single entry needs no Map at all.
 */
export class WideMap<V> {
  #key = '';
  #value: V | undefined = undefined;
  /** None while the only entry is #key and #value, one as long as that is not too large. */
  #shards: Map<string, V>[] = NO_SHARDS;
  #size = 0;

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  get(key: string): V | undefined {
    if (this.#shards.length === 0) return key === this.#key ? this.#value : undefined;
    return this.#shardOf(key).get(key);
  }

  set(key: string, value: V): void {
    if (this.#shards.length === 0) {
      if (this.#size === 0 || key === this.#key) {
        this.#key = key;
        this.#value = value;
        this.#size = 1;
        return;
      }
      this.#shards = [new Map([[this.#key, this.#value as V]])];
      this.#value = undefined;
    } else if (this.#shards.length === 1 && this.#size >= NARROW) this.#spread();
    const shard = this.#shardOf(key);
    const before = shard.size;
    shard.set(key, value);
    this.#size += shard.size - before;
  }

  delete(key: string): void {
    if (this.#shards.length > 0) {
      if (this.#shardOf(key).delete(key)) this.#size--;
    } else if (key === this.#key) {
      this.#key = '';
      this.#value = undefined;
      this.#size = 0;
    }
  }

  *values(): Generator<V> {
    if (this.#value !== undefined) yield this.#value;
    for (const shard of this.#shards) yield* shard.values();
  }

  #shardOf(key: string): Map<string, V> {
    const shards = this.#shards;
    return shards[shards.length === 1 ? 0 : shardNumber(key)] as Map<string, V>;
  }

  #spread(): void {
    const entries = this.#shards.flatMap((shard) => [...shard]);
    this.#shards = Array.from({ length: SHARDS }, () => new Map());
    for (const [key, value] of entries) this.#shardOf(key).set(key, value);
  }
}

function shardNumber(key: string): number {
  const step = 1 + Math.floor(key.length / SAMPLES);
  let hash = key.length;
  for (let at = 0; at < key.length; at += step) hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0;
  return (hash ^ (hash >>> 8)) & (SHARDS - 1);
}
