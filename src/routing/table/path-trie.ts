import { CATCH_ALL } from '../../http/index.ts';
import type { Route } from '../route/route.ts';
import { Candidates } from './candidates.ts';
import { WideMap } from './wide-map.ts';

/** Asks the candidates of one place: the route that matches, or null to look further. */
export interface Visitor<B> {
  visit(candidates: Candidates<B>): Route<B> | null;
}

/**
 * The places that paths lead to, by segments.
 *
 * Order of visits: at each node the literal segment, then ":", then what a catch-all takes; whenever nothing matches
 * there, the search goes back to the next alternative (Skipper's order). A shape without wildcards is what that search
 * comes to first, so those stand in one map by whole path. Each node has one way that leads to it, hence a lookup visits
 * none twice: its cost is bounded by the wildcard patterns there are, whatever the path.
 */
export class PathTrie<B> {
  readonly #literal = new WideMap<Candidates<B>>();
  readonly #root = new Node<B>();

  /** Puts `route` at the place of this shape (see `pathKeysOf`). */
  add(shape: string, route: Route<B>): void {
    if (isLiteral(shape)) {
      let candidates = this.#literal.get(shape);
      if (candidates === undefined) this.#literal.set(shape, (candidates = new Candidates()));
      candidates.add(route);
    } else this.#root.add(segmentsOf(shape), 0, route);
  }

  /** Takes `route` away again, with what stands empty then. */
  remove(shape: string, route: Route<B>): void {
    if (!isLiteral(shape)) {
      this.#root.remove(segmentsOf(shape), 0, route);
      return;
    }
    const candidates = this.#literal.get(shape);
    candidates?.remove(route);
    if (candidates?.empty) this.#literal.delete(shape);
  }

  /** Shows the visitor each place that `path` leads to, in order, until it finds a route. */
  search(path: string, visitor: Visitor<B>): Route<B> | null {
    const candidates = this.#literal.get(path);
    const found = candidates === undefined ? null : visitor.visit(candidates);
    return found ?? this.#root.search(path, 1, visitor);
  }

  /** Says whether no route stands in it, and no empty place was left behind. */
  get empty(): boolean {
    return this.#literal.size === 0 && this.#root.empty;
  }
}

/** The places of shapes with a wildcard in them that begin alike. */
class Node<B> {
  #children: WideMap<Node<B>> | null = null;
  /** For any one segment that is not empty. */
  #wildcard: Node<B> | null = null;
  /** Shapes that end here. */
  #here: Candidates<B> | null = null;
  /** Shapes that take all that follows, at least one character. */
  #below: Candidates<B> | null = null;

  get empty(): boolean {
    return this.#children === null && this.#wildcard === null && this.#here === null && this.#below === null;
  }

  add(segments: readonly string[], at: number, route: Route<B>): void {
    const segment = segments[at];
    if (segment === undefined) (this.#here ??= new Candidates()).add(route);
    else if (segment === '**') (this.#below ??= new Candidates()).add(route);
    else if (segment === ':') (this.#wildcard ??= new Node()).add(segments, at + 1, route);
    else this.#childFor(segment).add(segments, at + 1, route);
  }

  remove(segments: readonly string[], at: number, route: Route<B>): void {
    const segment = segments[at];
    if (segment === undefined) this.#here = without(this.#here, route);
    else if (segment === '**') this.#below = without(this.#below, route);
    else if (segment === ':') {
      this.#wildcard?.remove(segments, at + 1, route);
      if (this.#wildcard?.empty) this.#wildcard = null;
    } else {
      const child = this.#children?.get(segment);
      child?.remove(segments, at + 1, route);
      if (child?.empty) this.#children?.delete(segment);
      if (this.#children?.size === 0) this.#children = null;
    }
  }

  /** Searches what is left of `path`: from the segment that begins at `at`; beyond its end nothing is left. */
  search(path: string, at: number, visitor: Visitor<B>): Route<B> | null {
    if (at > path.length) return this.#here === null ? null : visitor.visit(this.#here);
    let found: Route<B> | null = null;
    if (this.#children !== null || this.#wildcard !== null) {
      const slash = path.indexOf('/', at);
      const end = slash < 0 ? path.length : slash;
      const child = this.#children?.get(path.slice(at, end));
      if (child !== undefined) found = child.search(path, end + 1, visitor);
      if (found === null && this.#wildcard !== null && end > at) found = this.#wildcard.search(path, end + 1, visitor);
    }
    if (found === null && this.#below !== null && at < path.length) found = visitor.visit(this.#below);
    return found;
  }

  #childFor(segment: string): Node<B> {
    this.#children ??= new WideMap();
    let child = this.#children.get(segment);
    if (child === undefined) this.#children.set(segment, (child = new Node()));
    return child;
  }
}

function without<B>(candidates: Candidates<B> | null, route: Route<B>): Candidates<B> | null {
  candidates?.remove(route);
  return candidates?.empty ? null : candidates;
}

function isLiteral(shape: string): boolean {
  return !shape.includes('/:') && !shape.endsWith(CATCH_ALL);
}

/** The segments of a shape. A literal segment never begins with ":" or "*". */
function segmentsOf(shape: string): string[] {
  return shape.slice(1).split('/');
}
