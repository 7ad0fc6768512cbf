import { AUTH } from './groups/auth.ts';
import type { OptionSpec } from './option.ts';
import { environmentName } from './read.ts';
import type { Config } from './table.ts';

/** What filters read from the environment, as far as options give it: variables with their texts. */
export function filterEnvironment(config: Config): Record<string, string> {
  const given = (Object.entries(AUTH) as [keyof typeof AUTH, OptionSpec<unknown>][])
    .filter(([name, { fallback }]) => config[name] !== fallback)
    .map(([name]) => [environmentName(name), String(config[name])]);
  return Object.fromEntries(given);
}
