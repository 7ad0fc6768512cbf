import { AUTH } from './groups/auth.ts';
import { BACKENDS } from './groups/backends.ts';
import { CLIENTS } from './groups/clients.ts';
import { IDENTITY } from './groups/identity.ts';
import { LISTENERS } from './groups/listeners.ts';
import { LOGS } from './groups/logs.ts';
import { METRICS } from './groups/metrics.ts';
import { PROCESS } from './groups/process.ts';
import { SOURCES } from './groups/sources.ts';
import { TLS } from './groups/tls.ts';
import type { OptionSpec } from './option.ts';

/** Options that belong together, under the title that --help and the reference show. */
export interface OptionGroup {
  readonly title: string;
  readonly options: Readonly<Record<string, OptionSpec<unknown>>>;
}

/** The options in the order in which they are shown. */
export const OPTION_GROUPS: readonly OptionGroup[] = [
  { title: 'Routes and filters', options: SOURCES },
  { title: 'Listeners', options: LISTENERS },
  { title: 'TLS', options: TLS },
  { title: 'Clients: times and limits', options: CLIENTS },
  { title: 'Clients: who they are', options: IDENTITY },
  { title: 'Backends', options: BACKENDS },
  { title: 'Defaults of filters that ask providers', options: AUTH },
  { title: 'Process', options: PROCESS },
  { title: 'Logs', options: LOGS },
  { title: 'Metrics', options: METRICS },
];

/**
 * The options of `sluice run`: one table that flags, environment (SLUICE_ADDRESS …), --help and the reference are made
 * from. Names and defaults are Skipper's where Skipper has the option.
 */
export const OPTIONS = {
  ...SOURCES,
  ...LISTENERS,
  ...TLS,
  ...CLIENTS,
  ...IDENTITY,
  ...BACKENDS,
  ...AUTH,
  ...PROCESS,
  ...LOGS,
  ...METRICS,
} as const;

export type OptionName = keyof typeof OPTIONS;

/** The value of every option of `sluice run`; durations in milliseconds. */
export type Config = { -readonly [K in OptionName]: (typeof OPTIONS)[K] extends OptionSpec<infer T> ? T : never };
