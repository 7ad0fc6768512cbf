import { RegexpError } from '../regexp/index.ts';
import type { Arg, ArgValue, ArgValues, RestArg } from './arg.ts';

/** What is wrong with the arguments of a filter or predicate; `index` is the argument at fault, or -1 for their number. */
export interface ArgFault {
  index: number;
  message: string;
  /** The part of the text at fault, as offsets in it; without it the whole argument. */
  part?: Part;
}

/** A part of the text of an argument: UTF-16 offsets, `end` exclusive. */
export interface Part {
  start: number;
  end: number;
}

/** What is worth saying about arguments that are taken as they are; `index` is the argument meant, or -1 for all. */
export interface ArgAdvice {
  index: number;
  message: string;
}

/** The part of a spec that knows its arguments. */
export interface Advising<A extends readonly Arg<unknown>[] = readonly Arg<unknown>[]> {
  readonly args: A;
  /**
   * What is worth saying about arguments that are fine each, taken together: warnings at their places, when routes are
   * loaded or checked. It is called after all of them were read, and makes nothing.
   */
  advise?(args: ArgValues<A>): readonly ArgAdvice[];
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
      faults.push({ index, message: about(schema, index, messageOf(error)), ...partOf(error) });
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

/** All advice about arguments without faults, as `readArgs` has read them; `count` is the number of values. */
export function adviseArgs(spec: Advising, read: readonly unknown[], count: number): ArgAdvice[] {
  const found: ArgAdvice[] = [];
  spec.args.forEach((schema, position) => {
    if (schema.advise === undefined || position >= count) return;
    const values = schema.rest ? (read[position] as unknown[]) : [read[position]];
    for (const [offset, value] of values.entries()) {
      const message = attempt(() => schema.advise?.(value) ?? null);
      const index = position + offset;
      if (message !== null) found.push({ index, message: about(schema, index, message) });
    }
  });
  const together = attempt(() => [...(spec.advise?.(read as never) ?? [])]);
  if (typeof together === 'string') found.push({ index: -1, message: together });
  else found.push(...together);
  return found;
}

/** Advice that fails is worth a word, and no more. */
function attempt<T>(advise: () => T): T | string {
  try {
    return advise();
  } catch (error) {
    return `its advice failed: ${messageOf(error)}`;
  }
}

function about({ name }: Arg<unknown>, index: number, message: string): string {
  return `argument ${index + 1} (${name}): ${message}`;
}

/** Which part of the text an error is about: regexps know. */
function partOf(error: unknown): { part?: Part } {
  return error instanceof RegexpError ? { part: { start: error.fault.start, end: error.fault.end } } : {};
}

/** Drop-ins may throw anything. */
function messageOf(error: unknown): string {
  if (error instanceof RegexpError) return error.fault.message;
  return error instanceof Error ? error.message : String(error);
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
