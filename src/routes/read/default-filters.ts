import {
  type Call,
  type Finding,
  isError,
  NO_SPAN,
  parseFilters,
  type RouteDef,
  SourceText,
} from '../../../grammar/index.ts';
import { checkRoute } from '../check/check-route.ts';
import { located } from '../findings/finding.ts';
import type { Registry } from '../names/registry.ts';

/** Filters in eskip, as options give them: `f() -> g()`. */
export interface DefaultFilterTexts {
  readonly prepend: string;
  readonly append: string;
}

/** Thrown for filters that are no eskip; the message is the finding with its place. */
export class DefaultFilterError extends Error {
  override readonly name = 'DefaultFilterError';
}

/** The filters of one option. */
interface Side {
  readonly source: SourceText;
  readonly calls: readonly Call[];
}

/**
 * The filters put before those of every route and behind them. Source: Skipper, default-filters-prepend and
 * -append.
 */
export class DefaultFilters {
  readonly #before: Side;
  readonly #behind: Side;

  /** @throws DefaultFilterError */
  constructor({ prepend, append }: DefaultFilterTexts = { prepend: '', append: '' }) {
    this.#before = sideOf('--default-filters-prepend', prepend);
    this.#behind = sideOf('--default-filters-append', append);
  }

  /** How many stand in front of a route's own. */
  get before(): number {
    return this.#before.calls.length;
  }

  /** The definition with them. */
  complete(def: RouteDef): RouteDef {
    const [before, behind] = [this.#before.calls, this.#behind.calls];
    if (before.length + behind.length === 0) return def;
    return { ...def, filters: [...before, ...def.filters, ...behind] };
  }

  /** What is wrong with them under the names of a registry, and what is worth saying; at the places in the options. */
  findings(registry: Registry): Finding[] {
    return [this.#before, this.#behind].flatMap(({ source, calls }) =>
      checkRoute(bare(calls), registry).map((found) => located(source, found, registry)),
    );
  }

  /** The first of them that would be wrong under the names of a registry, and why; null: none. */
  broken(registry: Registry): { name: string; problem: string } | null {
    for (const { source, calls } of [this.#before, this.#behind]) {
      for (const call of calls) {
        const error = checkRoute(bare([call]), registry).find(isError);
        if (error === undefined) continue;
        const { line, column } = source.position(error.place.start);
        return { name: call.name, problem: `${source.name}:${line}:${column} would break: ${error.message}` };
      }
    }
    return null;
  }
}

function sideOf(option: string, text: string): Side {
  const source = new SourceText(option, text);
  const { value, errors } = parseFilters(text);
  if (errors.length > 0) throw new DefaultFilterError(errors.map((error) => source.format(error)).join('\n'));
  return { source, calls: value };
}

/** A route that is nothing but these filters. */
function bare(filters: readonly Call[]): RouteDef {
  return {
    id: '',
    idSpan: null,
    predicates: [],
    filters: [...filters],
    backend: { kind: 'shunt', span: NO_SPAN },
    span: NO_SPAN,
  };
}
