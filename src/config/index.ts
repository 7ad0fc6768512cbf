/**
 * The options of `sluice run`: one table, read from flags, environment and a file, shown by --help and the reference.
 * May import grammar, src/plugin and, for --config-file, yaml.
 * Invariant: an option is one row of one group; nothing else knows its name, type, default or meaning.
 */
export { splitAddress } from './address.ts';
export { completeConfig } from './complete.ts';
export { unknownVariables } from './environment.ts';
export { filterEnvironment } from './filter-environment.ts';
export { type Flag, flagOf } from './flag.ts';
export { optionsHelp, optionsPage } from './help.ts';
export { defaultConfig, readConfig } from './read.ts';
export { type Config, OPTIONS } from './table.ts';
export { UsageError } from './usage-error.ts';
