import type { FilterSpec, Predicate, PredicateSpec } from '../../plugin/index.ts';
import type { CallRecord } from '../../routes/index.ts';
import { type CandidateHint, candidateHints } from '../table/index-keys.ts';
import { frugal } from './frugal.ts';
import { RecentPool } from './recent-pool.ts';

/** What a route asks of a request besides its path. Routes that ask the same may share it. */
export interface Conditions {
  /** Sum of the weights of all predicates, those of the path included. */
  readonly rank: number;
  readonly predicates: readonly Predicate[];
  /** The calls that made `predicates`, one by one. */
  readonly calls: readonly CallRecord[];
  readonly hints: readonly CandidateHint[];
  /** See `Predicate.drawsLots`. */
  readonly drawsLots: boolean;
  /** See `Predicate.isFirst`. */
  readonly isFirst: boolean;
}

interface Shared {
  readonly spec: PredicateSpec;
  readonly predicate: Predicate;
}

/**
 * What was made for routes lately, to be used again by others: predicates are pure, tables have many that are the same, and
 * a regular expression takes longer to compile than all the rest of a route. One for each `PredicateEnv`.
 */
export class ConditionPool {
  readonly #predicates = new RecentPool<Shared>();
  readonly #conditions = new RecentPool<Conditions>();
  readonly #owners = new RecentPool<readonly FilterSpec[]>();

  /** The predicate of a call: one at hand, or what `make` makes. What has to be closed is never shared. */
  predicate(spec: PredicateSpec, call: CallRecord, make: () => Predicate): Predicate {
    const key = JSON.stringify(call);
    const shared = this.#predicates.get(key);
    // A drop-in may have taken the name since.
    if (shared?.spec === spec) return shared.predicate;
    const predicate = make();
    if (predicate.close === undefined) this.#predicates.set(key, { spec, predicate });
    return predicate;
  }

  /** The list of these specs; routes with the same filters in the same order share one. */
  owners(specs: readonly FilterSpec[]): readonly FilterSpec[] {
    const key = specs.map(({ name }) => name).join();
    const shared = this.#owners.get(key);
    if (shared?.every((each, at) => each === specs[at])) return shared;
    const owners = frugal(specs);
    this.#owners.set(key, owners);
    return owners;
  }

  /** The conditions of these predicates. */
  conditions(rank: number, predicates: readonly Predicate[], calls: readonly CallRecord[]): Conditions {
    const key = JSON.stringify(calls);
    const shared = this.#conditions.get(key);
    if (shared?.rank === rank && shared.predicates.every((each, at) => each === predicates[at])) return shared;
    const conditions: Conditions = {
      rank,
      // Copies have no room to grow, which arrays that were filled have.
      predicates: frugal(predicates),
      calls: frugal(calls),
      hints: candidateHints(predicates),
      drawsLots: predicates.some((each) => each.drawsLots === true),
      isFirst: predicates.some((each) => each.isFirst === true),
    };
    this.#conditions.set(key, conditions);
    return conditions;
  }
}
