import type { Arg, ArgValue, RestArg } from './arg.ts';

/** What is wrong with the arguments of a filter or predicate; `index` is the argument at fault, or -1 for their number. */
export interface ArgFault {
  index: number;
  message: string;
}

/** Thrown by `create` to refuse arguments that are well formed each but wrong together. */
export class ArgError extends Error {
  readonly index: number;
  constructor(message: string, index = -1) {
    super(message);
    this.name = 'ArgError';
    this.index = index;
  }
}

/**
 * Reads `values` by the schema `args`: the values for `create`, or all faults. With faults, `read` is not to be used.
 */
export function readArgs(
  args: readonly Arg<unknown>[],
  values: readonly ArgValue[],
): { read: unknown[]; faults: ArgFault[] } {
  const faults: ArgFault[] = [];
  const read: unknown[] = [];
  const readOne = (schema: Arg<unknown>, index: number): unknown => {
    try {
      return schema.read(values[index] as ArgValue);
    } catch (error) {
      faults.push({ index, message: `argument ${index + 1} (${schema.name}): ${(error as Error).message}` });
      return undefined;
    }
  };
  args.forEach((schema, position) => {
    if (schema.rest) read.push(values.slice(position).map((_, offset) => readOne(schema, position + offset)));
    else if (position < values.length) read.push(readOne(schema, position));
    else read.push(schema.fallback);
  });
  const count = countFault(args, values.length);
  if (count !== null) faults.unshift({ index: -1, message: count });
  return { read, faults };
}

function countFault(args: readonly Arg<unknown>[], count: number): string | null {
  const rest = args.find((schema) => schema.rest) as RestArg<unknown> | undefined;
  const required = args.filter((schema) => !schema.optional && !schema.rest).length + (rest?.min ?? 0);
  const most = rest === undefined ? args.length : Number.POSITIVE_INFINITY;
  if (count >= required && count <= most) return null;
  const wanted =
    most === Number.POSITIVE_INFINITY
      ? `at least ${required}`
      : most === required
        ? `${required}`
        : `${required} to ${most}`;
  return `expects ${wanted} ${wanted === '1' || wanted === 'at least 1' ? 'argument' : 'arguments'} ${signature(args)}, found ${count}`;
}

/** The arguments as the reference shows them: "(name, value, [maxAge], domain…)". */
export function signature(args: readonly Arg<unknown>[]): string {
  const shown = args.map((schema) =>
    schema.rest ? `${schema.name}…` : schema.optional ? `[${schema.name}]` : schema.name,
  );
  return `(${shown.join(', ')})`;
}
