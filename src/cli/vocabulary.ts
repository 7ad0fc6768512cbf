import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Diagnostic, RouteDef } from '../../grammar/index.ts';
import { isBuiltinFile } from '../builtin-files.ts';
import { UsageError } from '../config/index.ts';
import { addSpecs, type DropIn, DropIns, PluginError, Prober, type TrialFault, tryRoutes } from '../reload/index.ts';
import { NameClashError, provisionDiagnostic, type Registry, recordOf } from '../routing/index.ts';
import { isDropInFile } from '../sources/index.ts';
import { builtinRegistry } from '../vocabulary.ts';
import type { Console } from './command.ts';

/** What routes may name. */
export interface Vocabulary {
  readonly registry: Registry;
  /** Whether something is wrong with a drop-in. */
  readonly failed: boolean;
  /** The drop-ins whose names the registry knows. Their code runs in probes only. */
  readonly dropIns: readonly DropIn[];
}

/** What routes may name: built in, and from the drop-ins of `folders`. What is wrong with a drop-in is told to `io`. */
export async function loadVocabulary(folders: readonly string[], io: Console): Promise<Vocabulary> {
  const registry = builtinRegistry();
  const files = folders.flatMap(dropInFiles);
  if (files.length === 0) return { registry, failed: false, dropIns: [] };
  const prober = new Prober();
  const dropIns = new DropIns(prober);
  const texts = files.map((name) => ({ name, text: readFileSync(name, 'utf8') }));
  const changes = await Promise.all(dropIns.change(texts, []));
  await prober.close();
  const put = changes.flatMap((change): readonly DropIn[] => change.put);
  const found = changes.flatMap(({ problems }) => [...problems.values()]).filter((problem) => problem !== null);
  for (const { code, specs } of put) {
    try {
      addSpecs(registry, specs, code.name);
    } catch (error) {
      if (!(error instanceof NameClashError)) throw error;
      found.push(new PluginError(code.name, { line: 1, column: 1 }, error.message));
    }
  }
  for (const problem of found) io.err(`${problem.format()}\n`);
  return { registry, failed: found.length > 0, dropIns: put };
}

/** What drop-ins say to the routes that name them, by the number of the route: errors, and advice. */
export async function tryDropIns(
  defs: readonly RouteDef[],
  { dropIns }: Vocabulary,
): Promise<ReadonlyMap<RouteDef, Diagnostic[]>> {
  const found = new Map<RouteDef, Diagnostic[]>();
  if (dropIns.length === 0) return found;
  const prober = new Prober();
  const records = defs.map((def, at) => ({ ...recordOf(def, at), id: String(at) }));
  const { faults, advice } = await tryRoutes(records, dropIns, prober);
  await prober.close();
  const note = ({ fault, message }: TrialFault, change: Partial<Diagnostic>): void => {
    const def = defs[Number(fault.routeId)];
    if (def === undefined) return;
    const diagnostic = { ...provisionDiagnostic({ ...fault, message }, def), ...change };
    found.set(def, [...(found.get(def) ?? []), diagnostic]);
  };
  for (const one of faults) note(one, {});
  for (const one of advice) note(one, { code: 'advice', severity: 'warning' });
  return found;
}

/** The drop-ins of a folder, by name; not the built-in filters, which may lie beside them. */
function dropInFiles(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(`there is no folder ${folder}`);
  return readdirSync(folder)
    .filter(isDropInFile)
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => !isBuiltinFile(resolve(file)));
}
