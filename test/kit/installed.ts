import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The `skip` of tests that need a program: false where it is installed, else a reason, which the runner shows.
 * @throws Error where it is not, and SLUICE_REQUIRE_SERVICES=1 says that nothing may be left out
 */
export function missing(program: string): string | false {
  if (pathOf(program) !== null) return false;
  const reason = `${program} is not installed`;
  if (process.env.SLUICE_REQUIRE_SERVICES === '1') throw new Error(reason);
  return reason;
}

/** Where a program is; null when it is not installed. */
export function pathOf(program: string): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
