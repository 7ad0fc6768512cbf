/** A typed key of per-request state. Two keys are never the same, whatever their names. */
export interface StateKey<T> {
  /** For `State.named`, logs and the reference. */
  readonly name: string;
  /** Exists for the type only. */
  readonly valueType?: T;
}

/** Makes a key; once, at module level, exported by the filter that writes the value. */
export function stateKey<T>(name: string): StateKey<T> {
  return { name };
}

/** What filters tell each other about one request. */
export interface State {
  get<T>(key: StateKey<T>): T | undefined;
  set<T>(key: StateKey<T>, value: T): void;
  delete(key: StateKey<unknown>): void;
  /** A value whose key has this name, for filters whose arguments name it; undefined when none was set. */
  named(name: string): unknown;
}
