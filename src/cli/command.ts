import { suggest } from '../../grammar/index.ts';
import { flagOf, UsageError } from '../config/index.ts';

/** Where a command writes, and what it reads when told "-". */
export interface Console {
  out(text: string): void;
  err(text: string): void;
  /** Whether both are shown on a terminal that takes colours. */
  readonly colours: boolean;
  /** All of standard input. */
  input(): Promise<Buffer>;
}

/** A command of the command line. */
export interface Command {
  /** A few words for the overview. */
  summary: string;
  /** What --help prints. */
  usage: string;
  /** Resolves to the exit code. @throws UsageError */
  run(args: readonly string[], io: Console): Promise<number>;
}

/** What stands on a command line: flags with their values, and the rest. */
export interface ParsedArgs {
  /** Says whether a flag without value was given. */
  has(name: string): boolean;
  /** The values of a flag, in order. */
  values(name: string): string[];
  /** What is no flag. */
  rest: string[];
}

/**
 * Reads flags with one dash or two, "-name value" or "-name=value". `withValue` and `plain` name those that exist;
 * a plain one may be followed by "=true".
 * A lone "-" is no flag. @throws UsageError
 */
export function parseArgs(args: readonly string[], withValue: readonly string[], plain: readonly string[]): ParsedArgs {
  const values = new Map<string, string[]>();
  const rest: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const text = args[at] as string;
    const flag = flagOf(text);
    if (flag === null) {
      rest.push(text);
      continue;
    }
    const { name, value: attached } = flag;
    if (plain.includes(name) && (attached === null || attached === 'true')) {
      values.set(name, []);
    } else if (withValue.includes(name)) {
      const value = attached ?? args[++at];
      if (value === undefined) throw new UsageError(`option --${name} needs a value`);
      values.set(name, [...(values.get(name) ?? []), value]);
    } else {
      throw unknownOption(text, name, [...withValue, ...plain]);
    }
  }
  return { has: (name) => values.has(name), values: (name) => values.get(name) ?? [], rest };
}

function unknownOption(text: string, name: string, known: readonly string[]): UsageError {
  const meant = known.includes(name) ? null : suggest(name, known);
  return new UsageError(`unknown option ${text}${meant === null ? '' : `; did you mean --${meant}?`}`);
}
