import type { HeaderList, Request } from '../../plugin/index.ts';
import type { Route } from '../route/route.ts';
import { type CandidateHint, countDots, hostKey, prefixKey, suffixKey, withoutPort } from './index-keys.ts';
import { WideMap } from './wide-map.ts';

/** One lookup in progress. */
export interface Lookup<B> {
  readonly request: Request;
  /** Number of the generation that looks. */
  readonly generation: number;
  /** Says whether the route's conditions besides its path are met. One with a predicate that throws has not, and is noted. */
  accepts(route: Route<B>): boolean;
}

/** What is kept under one key: candidates again. */
export interface Bucket<B> {
  readonly empty: boolean;
  add(route: Route<B>): void;
  remove(route: Route<B>): void;
  /** The first route that matches and comes before `best`, else `best`. */
  find(lookup: Lookup<B>, best: Route<B> | null): Route<B> | null;
  all(): Route<B>[];
}

type Buckets<B> = WideMap<Bucket<B>>;

/** Candidates in buckets, by the value of one hint each. */
export class CandidateIndex<B> {
  readonly #newBucket: () => Bucket<B>;
  readonly #hosts: Buckets<B> = new WideMap();
  /** By the labels at the end of the host. */
  readonly #suffixes: Buckets<B> = new WideMap();
  /** The most dots a key of #suffixes ever had: bounds the work for a host of many labels. */
  #suffixDots = 0;
  readonly #prefixes: Buckets<B> = new WideMap();
  /** The lengths that keys of #prefixes ever had, ascending. */
  #prefixLengths: number[] = [];
  /** By lower-case name, then by value. */
  readonly #headers = new Map<string, Buckets<B>>();

  constructor(newBucket: () => Bucket<B>) {
    this.#newBucket = newBucket;
  }

  get empty(): boolean {
    return this.#hosts.size + this.#suffixes.size + this.#prefixes.size + this.#headers.size === 0;
  }

  add(hint: CandidateHint, route: Route<B>): void {
    switch (hint.kind) {
      case 'host':
        for (const host of hint.hosts) this.#addTo(this.#hosts, hostKey(host), route);
        return;
      case 'header':
        this.#addTo(this.#headerBuckets(hint.name.toLowerCase()), hint.value, route);
        return;
      case 'host-suffix': {
        const key = suffixKey(hint.suffix) ?? '';
        this.#suffixDots = Math.max(this.#suffixDots, countDots(key));
        this.#addTo(this.#suffixes, key, route);
        return;
      }
      case 'path-prefix': {
        const key = prefixKey(hint.prefix);
        this.#noteLength(key.length);
        this.#addTo(this.#prefixes, key, route);
      }
    }
  }

  remove(hint: CandidateHint, route: Route<B>): void {
    switch (hint.kind) {
      case 'host':
        for (const host of hint.hosts) removeFrom(this.#hosts, hostKey(host), route);
        return;
      case 'header': {
        const name = hint.name.toLowerCase();
        const buckets = this.#headerBuckets(name);
        removeFrom(buckets, hint.value, route);
        if (buckets.size === 0) this.#headers.delete(name);
        return;
      }
      case 'host-suffix':
        removeFrom(this.#suffixes, suffixKey(hint.suffix) ?? '', route);
        return;
      case 'path-prefix':
        removeFrom(this.#prefixes, prefixKey(hint.prefix), route);
    }
  }

  find(lookup: Lookup<B>, best: Route<B> | null): Route<B> | null {
    const { host, headers } = lookup.request;
    let found = best;
    if (this.#hosts.size > 0) found = this.#hosts.get(hostKey(host))?.find(lookup, found) ?? found;
    if (this.#headers.size > 0) found = this.#findByHeader(headers, lookup, found);
    if (this.#suffixes.size > 0) found = this.#findBySuffixes(host, lookup, found);
    if (this.#prefixes.size > 0) found = this.#findByPrefix(lookup, found);
    return found;
  }

  *buckets(): Generator<Bucket<B>> {
    yield* this.#hosts.values();
    yield* this.#suffixes.values();
    yield* this.#prefixes.values();
    for (const buckets of this.#headers.values()) yield* buckets.values();
  }

  #findByHeader(headers: HeaderList, lookup: Lookup<B>, best: Route<B> | null): Route<B> | null {
    let found = best;
    for (const [name, buckets] of this.#headers) {
      for (const value of headers.getAll(name)) found = buckets.get(value)?.find(lookup, found) ?? found;
    }
    return found;
  }

  #findBySuffixes(host: string, lookup: Lookup<B>, best: Route<B> | null): Route<B> | null {
    const name = withoutPort(host);
    const found = this.#findBySuffix(name, lookup, best);
    // Only in a host of several colons, which is none: where its port begins is anybody's guess.
    const shorter = hostKey(name);
    return shorter === name ? found : this.#findBySuffix(shorter, lookup, found);
  }

  #findBySuffix(name: string, lookup: Lookup<B>, best: Route<B> | null): Route<B> | null {
    let found = best;
    let dot = name.length;
    for (let dots = 0; dots <= this.#suffixDots && dot > 0; dots++) {
      dot = name.lastIndexOf('.', dot - 1);
      if (dot < 0) break;
      found = this.#suffixes.get(name.slice(dot + 1))?.find(lookup, found) ?? found;
    }
    return found;
  }

  #findByPrefix(lookup: Lookup<B>, best: Route<B> | null): Route<B> | null {
    const path = lookup.request.matchPath;
    let found = best;
    for (const length of this.#prefixLengths) {
      if (length > path.length) break;
      found = this.#prefixes.get(path.slice(0, length))?.find(lookup, found) ?? found;
    }
    return found;
  }

  #headerBuckets(name: string): Buckets<B> {
    let buckets = this.#headers.get(name);
    if (buckets === undefined) this.#headers.set(name, (buckets = new WideMap()));
    return buckets;
  }

  #noteLength(length: number): void {
    if (this.#prefixLengths.includes(length)) return;
    this.#prefixLengths = [...this.#prefixLengths, length].sort((a, b) => a - b);
  }

  #addTo(buckets: Buckets<B>, key: string, route: Route<B>): void {
    let bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, (bucket = this.#newBucket()));
    bucket.add(route);
  }
}

function removeFrom<B>(buckets: Buckets<B>, key: string, route: Route<B>): void {
  const bucket = buckets.get(key);
  bucket?.remove(route);
  if (bucket?.empty) buckets.delete(key);
}
