import { readConfigFile } from './file.ts';
import { flagOf } from './flag.ts';
import { type GivenOption, givenOption } from './given.ts';
import type { OptionSpec } from './option.ts';
import { type Config, OPTIONS, type OptionName } from './table.ts';
import { UsageError } from './usage-error.ts';

/** The defaults. */
export function defaultConfig(): Config {
  const entries = Object.entries(OPTIONS).map(([name, spec]) => [
    name,
    Array.isArray(spec.fallback) ? [...spec.fallback] : spec.fallback,
  ]);
  return Object.fromEntries(entries) as Config;
}

/** The variable of the environment that gives an option: SLUICE_ROUTES_FILE for routes-file. */
export function environmentName(name: string): string {
  return `SLUICE_${name.replaceAll('-', '_').toUpperCase()}`;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads options by the table: flags with one dash or two, "-name value" and "-name=value"; the environment
 * (SLUICE_ROUTES_FILE …) for those not given; the file of --config-file for those not given there either. `note` is told,
 * once each, of Skipper's flags that have no effect. @throws UsageError
 */
export function readConfig(
  args: readonly string[],
  env: Environment = {},
  note: (text: string) => void = () => undefined,
): Config {
  const idle = new Map<string, string>();
  const given = readFlags(args, idle);
  for (const [name, one] of readEnvironment(env)) if (!given.has(name)) given.set(name, one);
  const file = given.get('config-file')?.texts.at(-1) ?? '';
  if (file !== '') for (const [name, one] of readConfigFile(file, idle)) if (!given.has(name)) given.set(name, one);
  for (const [name, why] of idle) note(`${name} has no effect: ${why}`);
  const config: Record<string, unknown> = defaultConfig();
  for (const [name, one] of given) config[name] = readOption(name, one);
  return config as Config;
}

/** The texts given for each option, in order; adds to `idle` the flags of Skipper's that mean nothing, with the reason. */
function readFlags(args: readonly string[], idle: Map<string, string>): Map<OptionName, GivenOption> {
  const given = new Map<OptionName, GivenOption>();
  for (let at = 0; at < args.length; at++) {
    const [word, attached] = splitFlag(args[at] as string);
    const found = givenOption(word, `--${word}`);
    if (attached === null && found.takesValue) {
      const next = args[++at];
      if (next === undefined) throw new UsageError(`option --${word} needs a value${found.value}`);
      found.texts.push(next);
    } else found.texts.push(attached ?? 'true');
    if (found.name === null) idle.set(`--${word}`, found.why);
    else given.set(found.name, { ...found, texts: [...(given.get(found.name)?.texts ?? []), ...found.texts] });
  }
  return given;
}

function* readEnvironment(env: Environment): Generator<[OptionName, GivenOption]> {
  for (const name of Object.keys(OPTIONS) as OptionName[]) {
    const text = env[environmentName(name)];
    if (text !== undefined) yield [name, { place: environmentName(name), texts: [text] }];
  }
}

function splitFlag(text: string): [name: string, value: string | null] {
  const flag = flagOf(text);
  if (flag === null) throw new UsageError(`unexpected argument ${JSON.stringify(text)}; options begin with "-"`);
  return [flag.name, flag.value];
}

function readOption(name: OptionName, { place, texts }: GivenOption): unknown {
  try {
    return (OPTIONS[name] as OptionSpec<unknown>).read(texts);
  } catch (error) {
    throw new UsageError(`${place.startsWith('--') ? `option ${place}` : place}: ${(error as Error).message}`);
  }
}
