import { pathKeysOf } from '../../http/index.ts';
import type { Route } from '../route/route.ts';
import { Candidates } from './candidates.ts';
import { PathTrie, type Visitor } from './path-trie.ts';

/** Where the routes of a table stand: by path, and those without one. */
export class Places<B> {
  readonly #ignoreTrailingSlash: boolean;
  readonly #trie = new PathTrie<B>();
  /** Routes without a path: asked when the trie leads nowhere, whatever their rank (Skipper). */
  readonly #pathless = new Candidates<B>();
  #size = 0;

  constructor(ignoreTrailingSlash: boolean) {
    this.#ignoreTrailingSlash = ignoreTrailingSlash;
  }

  /** Number of routes, of all generations. */
  get size(): number {
    return this.#size;
  }

  /** Says whether no route stands in it, and no empty place was left behind. */
  get isEmpty(): boolean {
    return this.#pathless.empty && this.#trie.empty;
  }

  add(route: Route<B>): void {
    this.#size++;
    if (route.pattern === null) this.#pathless.add(route);
    else for (const shape of pathKeysOf(route.pattern, this.#ignoreTrailingSlash)) this.#trie.add(shape, route);
  }

  remove(route: Route<B>): void {
    this.#size--;
    if (route.pattern === null) this.#pathless.remove(route);
    else for (const shape of pathKeysOf(route.pattern, this.#ignoreTrailingSlash)) this.#trie.remove(shape, route);
  }

  /** Shows the visitor each place that `path` leads to, in order, until it finds a route. */
  search(path: string, visitor: Visitor<B>): Route<B> | null {
    return this.#trie.search(path, visitor) ?? visitor.visit(this.#pathless);
  }
}
