import type { Predicate, PredicateSpec } from '../plugin/index.ts';
import { frugal } from './frugal.ts';
import { type CandidateHint, candidateHints } from './index-keys.ts';
import { RecentPool } from './recent-pool.ts';
import type { CallRecord } from './record.ts';

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
 * Predicates and conditions made lately, to be used again: predicates are pure, tables have many that are the same, and
 * a regular expression takes longer to compile than all the rest of a route. One for each `PredicateEnv`.
 */
export class ConditionPool {
  readonly #predicates = new RecentPool<Shared>();
  readonly #conditions = new RecentPool<Conditions>();

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
