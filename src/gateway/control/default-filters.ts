import { type Config, UsageError } from '../../config/index.ts';
import type { Log } from '../../plugin/index.ts';
import { DefaultFilterError, DefaultFilters } from '../../reload/index.ts';
import type { Registry } from '../../routing/index.ts';

/** The filters that the options give to every route. @throws UsageError */
export function defaultFilters(config: Config): DefaultFilters {
  try {
    return new DefaultFilters({
      prepend: config['default-filters-prepend'],
      append: config['default-filters-append'],
    });
  } catch (error) {
    if (error instanceof DefaultFilterError) throw new UsageError(`option ${error.message}`);
    throw error;
  }
}

/** Checks them under the names that there are once drop-ins are loaded. @throws UsageError */
export function checkDefaultFilters(defaults: DefaultFilters, registry: Registry, log: Log): void {
  for (const { severity, report } of defaults.findings(registry)) {
    if (severity === 'error') throw new UsageError(`option ${report}`);
    log.warn(`option ${report}`);
  }
}
