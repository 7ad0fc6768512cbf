import { type Config, UsageError } from '../../config/index.ts';
import type { Log } from '../../plugin/index.ts';
import { DefaultFilterError, DefaultFilters, isError, printFinding, type Registry } from '../../routes/index.ts';

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
  for (const finding of defaults.findings(registry)) {
    if (isError(finding)) throw new UsageError(`option ${printFinding(finding)}`);
    log.warn(`option ${printFinding(finding)}`);
  }
}
