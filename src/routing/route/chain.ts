import type { Filter, FilterContext, FilterSpec } from '../../plugin/index.ts';
import { frugal } from './frugal.ts';

/** What the chain needs to know of, and tell, a context besides what filters see. */
export interface ChainContext extends FilterContext {
  /** Set once a filter has served a response. */
  readonly served: boolean;
  /** How many filters of the chain were reached, from the first; decides which response hooks run. */
  reached: number;
  /** Settles with the hook that returned `step`, or fails when that takes too long. */
  bounded(step: Promise<void>, filter: HookOwner): Promise<void>;
  /**
   * Told when the request hook of a filter is done, so that what it took of the content is known to be its doing. Gives
   * the end of a reading that the hook began and did not wait for.
   */
  requestDone(filter: HookOwner): Promise<void> | undefined;
  /** Told when the response hook of a filter is done; as `requestDone`. */
  responseDone(filter: HookOwner): Promise<void> | undefined;
  /** Turns what a response hook threw into the response; the hooks before it still run. */
  hookFailed(error: unknown, filter: HookOwner): void;
}

/** Whose hook it is: what of a filter's spec counts while serving. */
export type HookOwner = Pick<FilterSpec, 'name' | 'untimed'>;

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

  /** Of each filter, whose it is. */
  readonly #owners: readonly HookOwner[];

  /** `owners` are the specs of `filters`, one by one. */
  constructor(filters: readonly Filter[], owners: readonly HookOwner[]) {
    this.filters = filters;
    this.#owners = owners;
    const indexed = filters.map((filter, index) => ({ filter, index }));
    const forward = indexed.filter(({ filter }) => filter.request !== undefined);
    const backward = indexed.filter(({ filter }) => filter.response !== undefined).reverse();
    this.#forward = frugal(forward.map(({ filter }) => filter));
    this.#forwardReach = frugal(forward.map(({ index }) => index + 1));
    this.#backward = frugal(backward.map(({ filter }) => filter));
    this.#backwardIndex = frugal(backward.map(({ index }) => index));
  }

  /** The filter that was reached last, by its number from 1. */
  ownerOf(reached: number): HookOwner {
    return this.#owners[reached - 1] as HookOwner;
  }

  /**
   * Runs the request hooks until one serves or all are done; a promise only when a hook returned one.
   * @throws what a hook throws; `ctx.reached` then counts the one that threw.
   */
  runRequest(ctx: ChainContext, from = 0): void | Promise<void> {
    const forward = this.#forward;
    for (let at = from; at < forward.length; at++) {
      const reached = this.#forwardReach[at] as number;
      ctx.reached = reached;
      const step = (forward[at] as Required<Filter>).request(ctx);
      if (step !== undefined) return this.#requestAfter(step, ctx, at);
      const reading = ctx.requestDone(this.#owners[reached - 1] as HookOwner);
      if (ctx.served) return;
      if (reading !== undefined) return this.#requestAfter(reading, ctx, at);
    }
    ctx.reached = this.filters.length;
  }

  /** Runs the response hooks of the filters reached, in reverse. Never throws: see `ChainContext.hookFailed`. */
  runResponse(ctx: ChainContext, from = 0): void | Promise<void> {
    const backward = this.#backward;
    for (let at = from; at < backward.length; at++) {
      const index = this.#backwardIndex[at] as number;
      if (index >= ctx.reached) continue;
      const owner = this.#owners[index] as HookOwner;
      try {
        const step = (backward[at] as Required<Filter>).response(ctx);
        if (step !== undefined) return this.#responseAfter(step, ctx, at);
        const reading = ctx.responseDone(owner);
        if (reading !== undefined) return this.#responseAfter(reading, ctx, at);
      } catch (error) {
        ctx.hookFailed(error, owner);
      }
    }
  }

  async #requestAfter(step: Promise<void>, ctx: ChainContext, at: number): Promise<void> {
    const owner = this.ownerOf(this.#forwardReach[at] as number);
    await ctx.bounded(step, owner);
    const reading = ctx.requestDone(owner);
    if (reading !== undefined && !ctx.served) await ctx.bounded(reading, owner);
    if (!ctx.served) await this.runRequest(ctx, at + 1);
  }

  async #responseAfter(step: Promise<void>, ctx: ChainContext, at: number): Promise<void> {
    const owner = this.#owners[this.#backwardIndex[at] as number] as HookOwner;
    try {
      await ctx.bounded(step, owner);
      const reading = ctx.responseDone(owner);
      if (reading !== undefined) await ctx.bounded(reading, owner);
    } catch (error) {
      ctx.hookFailed(error, owner);
    }
    await this.runResponse(ctx, at + 1);
  }
}
