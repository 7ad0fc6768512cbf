import { suggest } from '../../grammar/index.ts';
import type { OptionSpec } from './option.ts';
import { fatedFlags, fateOf } from './skipper-flags.ts';
import { OPTIONS, type OptionName } from './table.ts';
import { UsageError } from './usage-error.ts';

/** An option as it was given, and where: a flag, a variable, or a place in a file. */
export interface GivenOption {
  readonly place: string;
  readonly texts: string[];
}

/** An option of the table (`name`), or a flag of Skipper's that has no effect (`why`). */
interface FoundOption extends GivenOption {
  readonly name: OptionName | null;
  readonly why: string;
  readonly takesValue: boolean;
  /** What stands for the value in messages, after a blank; empty where nothing does. */
  readonly value: string;
}

/** The option of that name, with no texts yet. @throws UsageError that says why there is none, and which may be meant */
export function givenOption(word: string, place: string): FoundOption {
  if (Object.hasOwn(OPTIONS, word)) {
    const name = word as OptionName;
    const { type, value }: OptionSpec<unknown> = OPTIONS[name];
    const shown = value === undefined ? '' : ` (${value})`;
    return { name, place, texts: [], why: '', takesValue: type !== 'boolean', value: shown };
  }
  const fate = fateOf(word);
  if (fate?.kind === 'idle')
    return { name: null, place, texts: [], why: fate.why, takesValue: fate.takesValue, value: '' };
  if (fate?.kind === 'refused')
    throw new UsageError(`${place === `--${word}` ? place : `${place}: ${word}`} is not supported: ${fate.why}`);
  const meant = suggest(word, [...Object.keys(OPTIONS), ...fatedFlags().map(([name]) => name)]);
  const unknown = place.startsWith('--') ? `unknown option ${place}` : `${place}: unknown option "${word}"`;
  const advice =
    meant === null ? 'see sluice run --help' : `did you mean ${place.startsWith('--') ? '--' : ''}${meant}?`;
  throw new UsageError(`${unknown}; ${advice}`);
}
