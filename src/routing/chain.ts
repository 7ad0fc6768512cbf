import type { Filter, FilterContext } from '../plugin/index.ts';
import { frugal } from './frugal.ts';

/** What the chain needs to know of, and tell, a context besides what filters see. */
export interface ChainContext extends FilterContext {
  /** Set once a filter has served a response. */
  readonly served: boolean;
  /** How many filters of the chain were reached, from the first; decides which response hooks run. */
  reached: number;
  /** Turns what a response hook threw into the response; the hooks before it still run. */
  hookFailed(error: unknown): void;
}

/**
 * The filters of one route, in route order, as two arrays without holes: those with a request hook, forward, and those
 * with a response hook, in reverse. Hooks are awaited only when they return a promise, so a chain without
 * asynchronous filters runs without one.
 */
export class FilterChain {
  /** All filters in route order. Owned by the route, which closes them. */
  readonly filters: readonly Filter[];
  readonly #forward: readonly Filter[];
  /** Of each filter in #forward, how many filters are reached once it has run. */
  readonly #forwardReach: readonly number[];
  readonly #backward: readonly Filter[];
  /** Of each filter in #backward, its index in `filters`. */
  readonly #backwardIndex: readonly number[];

  constructor(filters: readonly Filter[]) {
    this.filters = filters;
    const indexed = filters.map((filter, index) => ({ filter, index }));
    const forward = indexed.filter(({ filter }) => filter.request !== undefined);
    const backward = indexed.filter(({ filter }) => filter.response !== undefined).reverse();
    this.#forward = frugal(forward.map(({ filter }) => filter));
    this.#forwardReach = frugal(forward.map(({ index }) => index + 1));
    this.#backward = frugal(backward.map(({ filter }) => filter));
    this.#backwardIndex = frugal(backward.map(({ index }) => index));
  }

  /**
   * Runs the request hooks until one serves or all are done; a promise only when a hook returned one.
   * @throws what a hook throws; `ctx.reached` then counts the one that threw.
   */
  runRequest(ctx: ChainContext, from = 0): void | Promise<void> {
    const forward = this.#forward;
    for (let at = from; at < forward.length; at++) {
      ctx.reached = this.#forwardReach[at] as number;
      const step = (forward[at] as Required<Filter>).request(ctx);
      if (step !== undefined) return this.#requestAfter(step, ctx, at);
      if (ctx.served) return;
    }
    ctx.reached = this.filters.length;
  }

  /** Runs the response hooks of the filters reached, in reverse. Never throws: see `ChainContext.hookFailed`. */
  runResponse(ctx: ChainContext, from = 0): void | Promise<void> {
    const backward = this.#backward;
    for (let at = from; at < backward.length; at++) {
      if ((this.#backwardIndex[at] as number) >= ctx.reached) continue;
      try {
        const step = (backward[at] as Required<Filter>).response(ctx);
        if (step !== undefined) return this.#responseAfter(step, ctx, at);
      } catch (error) {
        ctx.hookFailed(error);
      }
    }
  }

  async #requestAfter(step: Promise<void>, ctx: ChainContext, at: number): Promise<void> {
    await step;
    if (!ctx.served) await this.runRequest(ctx, at + 1);
  }

  async #responseAfter(step: Promise<void>, ctx: ChainContext, at: number): Promise<void> {
    try {
      await step;
    } catch (error) {
      ctx.hookFailed(error);
    }
    await this.runResponse(ctx, at + 1);
  }
}
