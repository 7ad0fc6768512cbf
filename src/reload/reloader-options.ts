import type { Prober } from '../drop-ins/index.ts';
import type { checkRoute, DefaultFilters, Finding, Registry } from '../routes/index.ts';
import type { HiddenOptions } from './hidden-watch.ts';
import type { RouteCounts } from './plan/diff.ts';
import type { OnInvalid } from './plan/left-out.ts';
import type { Stage } from './stage/generation.ts';

/** What a load came to. */
export interface ReloadOutcome {
  /** The generation in use afterwards. */
  readonly generation: number;
  /** Whether nothing was in use before. */
  readonly isFirst: boolean;
  /** The route files that are in use otherwise than before, those that went included, by name. */
  readonly files: readonly string[];
  /** The drop-ins that came into use or changed, and those that went. */
  readonly dropIns: readonly string[];
  readonly routes: RouteCounts & { readonly total: number };
  /** What was found wrong that was not known before, and what is worth saying about routes that came into use. */
  readonly found: readonly Finding[];
  /** Files whose findings are gone. */
  readonly resolved: readonly string[];
  /** By drop-in that came into use, what it imports whose changes are not noticed. */
  readonly notLive: ReadonlyMap<string, readonly string[]>;
  /** Files that are to be watched besides: drop-ins import them. */
  readonly outside: readonly string[];
  /** Whether packages changed that drop-ins load: threads that have loaded them keep what they have. */
  readonly needsNewThreads: boolean;
  /** What is wrong with files, folders and drop-ins of which no version was good yet. */
  readonly unloaded: readonly Finding[];
  /** From the first change of the load to the switch, in ms. */
  readonly tookMs: number;
}

/** What a reloader works with. */
export interface ReloaderOptions {
  /** The names that come with Sluice. */
  readonly builtins: Registry;
  /** Where generations go. */
  readonly stage: Stage;
  /** What runs the code of drop-ins before anybody else does. Whoever gives one ends it. */
  readonly prober?: Prober;
  /** The filters that every route gets besides its own. Default: none. */
  readonly defaults?: DefaultFilters;
  /** Whether an error in a route file keeps the file, or only the route it stands in, from being used. Default "file". */
  readonly onInvalid?: OnInvalid;
  /** What is wrong with a definition under a registry. Default: all that `checkRoute` finds. */
  readonly check?: typeof checkRoute;
  /**
   * Whether, in a file that is refused, the routes without errors are made on trial too, to tell all at once. Default:
   * no, since it is work for nothing when the next version of the file comes.
   */
  readonly tellAll?: boolean;
  /** How routes that no request reaches are looked for. Default: in tables of up to 20 000 routes. */
  readonly hidden?: Partial<HiddenOptions>;
  /** Told of each load that is done. */
  loaded(outcome: ReloadOutcome): void;
}
