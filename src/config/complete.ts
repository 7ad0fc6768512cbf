import { defaultConfig } from './read.ts';
import type { Config } from './table.ts';
import { UsageError } from './usage-error.ts';

/** The options given and the defaults of all others. @throws UsageError for a name or a kind of value that is none */
export function completeConfig(options: Partial<Config>): Config {
  const config = defaultConfig();
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(config, name)) throw new UsageError(`unknown option ${JSON.stringify(name)}`);
    const expected = kindOf(config[name as keyof Config]);
    if (kindOf(value) !== expected)
      throw new UsageError(`option ${JSON.stringify(name)}: expected a ${expected}, found ${JSON.stringify(value)}`);
  }
  return { ...config, ...options };
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}
