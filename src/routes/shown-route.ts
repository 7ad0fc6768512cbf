import type { Arg, Call, RouteDef } from '../../grammar/index.ts';
import { type Arg as Schema, schemaAt, shownArg } from '../plugin/index.ts';
import type { Registry } from './names/registry.ts';

interface Names {
  get(name: string): { readonly args: readonly Schema<unknown>[] } | undefined;
}

/** A definition as it may be shown to others than its author: without secrets. Places are those of the original. */
export function shownRoute(def: RouteDef, registry: Registry): RouteDef {
  return {
    ...def,
    predicates: def.predicates.map((call) => shownCall(call, registry.predicates)),
    filters: def.filters.map((call) => shownCall(call, registry.filters)),
  };
}

function shownCall(call: Call, names: Names): Call {
  const schemas = names.get(call.name)?.args ?? [];
  const values = call.args.map(({ value }) => value);
  const args = call.args.map((arg, at): Arg => {
    const shown = shownArg(schemaAt(schemas, at), arg.value, values.slice(0, at));
    if (shown === arg.value) return arg;
    return typeof shown === 'number'
      ? { kind: 'number', value: shown, span: arg.span }
      : { kind: 'string', value: shown, span: arg.span };
  });
  return { ...call, args };
}
