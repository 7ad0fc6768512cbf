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

/**
 * Reads options by the table: flags with one dash or two, "-name value" and "-name=value"; then the environment
 * (SLUICE_ROUTES_FILE …) for those not given. @throws UsageError
 */
export function readConfig(args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}): Config {
  const given = readFlags(args);
  const config: Record<string, unknown> = defaultConfig();
  for (const name of Object.keys(OPTIONS) as OptionName[]) {
    const fromEnv = env[environmentName(name)];
    const texts = given.get(name) ?? (fromEnv === undefined ? null : [fromEnv]);
    if (texts !== null) config[name] = readOption(name, texts);
  }
  return config as Config;
}

/** The texts given for each option, in order. */
function readFlags(args: readonly string[]): Map<OptionName, string[]> {
  const given = new Map<OptionName, string[]>();
  for (let at = 0; at < args.length; at++) {
    const [name, attached] = splitFlag(args[at] as string);
    const spec: OptionSpec<unknown> = OPTIONS[name];
    const next = args[at + 1];
    let text = attached;
    if (text === null && spec.type === 'boolean') text = 'true';
    if (text === null) {
      if (next === undefined) throw new UsageError(`option --${name} needs a value (${spec.value})`);
      text = next;
      at++;
    }
    given.set(name, [...(given.get(name) ?? []), text]);
  }
  return given;
}

function splitFlag(text: string): [OptionName, string | null] {
  const [, name, , value] = /^--?([A-Za-z][\w-]*)(=(.*))?$/s.exec(text) ?? [];
  if (name === undefined) throw new UsageError(`unexpected argument ${JSON.stringify(text)}; options begin with "-"`);
  if (!Object.hasOwn(OPTIONS, name)) throw new UsageError(`unknown option --${name}; see sluice run --help`);
  return [name as OptionName, value ?? null];
}

function readOption(name: OptionName, texts: readonly string[]): unknown {
  try {
    return (OPTIONS[name] as OptionSpec<unknown>).read(texts);
  } catch (error) {
    throw new UsageError(`option --${name}: ${(error as Error).message}`);
  }
}
