import { setTimeout } from 'node:timers/promises';
import { type MessagePort, workerData } from 'node:worker_threads';
import { adviseArgs, balancerFault, NO_METRICS, readArgs } from '../../plugin/index.ts';
import { type ProvisionFault, Registry } from '../../routes/index.ts';
import { ProvisionError, provisionRoute } from '../../routing/index.ts';
import { watchIntrinsics } from '../guard/intrinsics.ts';
import { guardProcess } from '../guard/process-guard.ts';
import { catchStrayErrors, inNameOf, nameOf } from '../guard/stray-errors.ts';
import { type DropInCode, importDropIn } from '../import/import-drop-in.ts';
import { importFailure } from '../import/import-failure.ts';
import {
  type DropInModule,
  fileUrlOf,
  heldModule,
  heldUrls,
  holdModules,
  onImport,
  onPackage,
} from '../import/module-hooks.ts';
import { dynamicImports, importsByComputedName, isWatchable, outsideModule } from '../import/outside.ts';
import { PackageUse } from '../import/package-use.ts';
import { addSpecs, type DropInSpecs } from '../specs.ts';
import { describe } from './description.ts';
import type { Entry, FromProbe, ImportOutcome, ToProbe, TrialCall, TrialFault, TrialResult } from './probe-protocol.ts';

/** How long is waited for an `await` at the top level of a module before the next one has its turn, in ms. */
const TURN_MS = 300;
/** How long is listened for what modules leave behind, such as timers that throw, in ms. */
const AFTERMATH_MS = 20;
const NO_TIMEOUT_MS = 0x7fffffff;

/** What a probe is started with. */
export interface ProbeSetup {
  /** A channel of our own; see `Seat` of data threads. */
  port?: MessagePort;
}

/** Makes this thread a probe. */
export function startProbe(): void {
  const setup = workerData as ProbeSetup;
  const { port } = setup;
  if (port === undefined) throw new Error('a probe is started by a main thread');
  delete setup.port;
  guardProcess();
  const probe = new Probe((message) => port.postMessage(message));
  port.on('message', (message: ToProbe) => void probe.take(message));
}

class Probe {
  readonly #tell: (message: FromProbe) => void;
  readonly #changedIntrinsic = watchIntrinsics();
  readonly #specs = new Map<string, DropInSpecs>();
  /** By the file's URL: the newest module of each drop-in file. */
  readonly #newest = new Map<string, DropInModule>();
  /** By name of the drop-in. */
  readonly #entries = new Map<string, Entry>();
  /** By the file's URL: what is imported and is no drop-in. */
  readonly #outside = new Map<string, DropInModule>();
  readonly #packages = new PackageUse();
  readonly #outcomes = new Map<string, ImportOutcome>();

  constructor(tell: (message: FromProbe) => void) {
    this.#tell = tell;
    catchStrayErrors(({ culprit, message, stack }) => this.#stray(culprit, message, stack));
    onImport((importer, target) => {
      tell({ kind: 'link', importer, target });
      return this.#newest.get(target) ?? this.#outsideOf(target);
    });
    onPackage((importer, url) => this.#packages.note(importer, url));
  }

  async take(message: ToProbe): Promise<void> {
    if (message.kind === 'import') await this.#importAll(message.modules, message.entries);
    else await this.#tryAll(message.codes, message.calls);
  }

  /** A file outside of the drop-in directories, as it is now. */
  #outsideOf(url: string): DropInModule | null {
    const known = this.#outside.get(url);
    if (known !== undefined || !isWatchable(url)) return known ?? null;
    const module = outsideModule(url, (at) => this.#newest.get(at)?.url ?? null);
    if (module === null) return null;
    this.#outside.set(url, module);
    holdModules([module]);
    return module;
  }

  /** Imports what the modules of a drop-in import while they serve, so that it is known; whether it can be is theirs to see. */
  async #importLater(url: string): Promise<void> {
    const queue = [url];
    const seen = new Set(queue);
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      const module = heldModule(at);
      for (const specifier of dynamicImports(module?.text ?? '')) {
        const target = fileUrlOf(new URL(specifier, at).href);
        this.#tell({ kind: 'link', importer: fileUrlOf(at), target });
        const found = this.#newest.get(target) ?? this.#outsideOf(target);
        if (module === undefined || found === null) continue;
        module.imports[target] = found.url;
        await import(found.url, found.url.includes('.json?') ? { with: { type: 'json' } } : {}).catch(() => undefined);
      }
      for (const imported of Object.values(module?.imports ?? {})) if (!seen.has(imported)) queue.push(imported);
      for (const imported of queue) seen.add(imported);
    }
  }

  async #importAll(modules: readonly DropInModule[], entries: readonly Entry[]): Promise<void> {
    for (const module of modules) this.#newest.set(fileUrlOf(module.url), module);
    holdModules(modules);
    for (const entry of entries) this.#entries.set(entry.name, entry);
    const imports: Promise<void>[] = [];
    for (const entry of entries) {
      this.#tell({ kind: 'began', url: entry.url });
      const imported = this.#import(entry);
      imports.push(imported);
      await Promise.race([imported, setTimeout(TURN_MS)]);
    }
    await setTimeout(AFTERMATH_MS);
    for (const [url, outcome] of this.#outcomes) this.#tell({ kind: 'outcome', url, outcome });
    this.#tell({ kind: 'settled' });
    // Those that take their time.
    for (const [at, imported] of imports.entries()) void imported.then(() => this.#tellLate(entries[at] as Entry));
  }

  async #import(entry: Entry): Promise<void> {
    const outcome = await inNameOf(entry.name, () => this.#outcomeOf(entry));
    // What went wrong beside the import is worse.
    if (!this.#outcomes.has(entry.url)) this.#outcomes.set(entry.url, outcome);
  }

  async #outcomeOf({ name, url }: Entry): Promise<ImportOutcome> {
    const before = process.threadCpuUsage();
    try {
      const specs = await importDropIn({ url, modules: [] }, NO_TIMEOUT_MS);
      const { user, system } = process.threadCpuUsage(before);
      await this.#importLater(url);
      const changed = this.#changedIntrinsic();
      if (changed !== null) return this.#patched(url, changed);
      this.#specs.set(name, specs);
      return {
        kind: 'loaded',
        description: describe(specs),
        imports: importsNow(),
        outside: [...this.#outside.values()],
        packages: this.#packages.usedBy(closureOf(url).map(fileUrlOf)),
        notLive: this.#notLive(closureOf(url)),
        busyMs: (user + system) / 1000,
      };
    } catch (error) {
      const changed = this.#changedIntrinsic();
      if (changed !== null) return this.#patched(url, changed);
      return { kind: 'failed', failure: importFailure(error) };
    }
  }

  #notLive(modules: readonly string[]): string[] {
    const files = modules.map(fileUrlOf);
    const packages = this.#packages.namesUsedBy(files).map((name) => `the package ${name}, until the drop-in is saved`);
    const computed = modules.filter((url) => importsByComputedName(heldModule(url)?.text ?? ''));
    return [
      ...packages,
      ...computed.map((url) => `what ${nameOf(fileUrlOf(url))} imports by names that it puts together`),
    ];
  }

  /** Told at once: who knows what still works here. */
  #patched(url: string, changed: string): ImportOutcome {
    const outcome = failed(`it changes ${changed}, which is shared by all code of a thread`);
    this.#tell({ kind: 'outcome', url, outcome });
    return outcome;
  }

  #tellLate({ url }: Entry): void {
    const outcome = this.#outcomes.get(url);
    if (outcome !== undefined) this.#tell({ kind: 'outcome', url, outcome });
  }

  #stray(culprit: string | null, message: string, stack: string): void {
    const entry = culprit === null ? undefined : this.#entries.get(culprit);
    // Without a name it is of one of those that were imported: of the only one, or of all that may be.
    const concerned = entry === undefined ? [...this.#entries.values()] : [entry];
    for (const { url } of concerned) {
      this.#outcomes.set(url, failed(`failed while it was loaded, outside of any call: ${message}`, stack));
    }
  }

  async #tryAll(codes: readonly DropInCode[], calls: readonly TrialCall[]): Promise<void> {
    const registry = new Registry();
    for (const code of [...codes].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      try {
        addSpecs(registry, this.#specs.get(code.name) ?? (await this.#load(code)), code.name);
      } catch {
        // Whoever imports it where it counts is told.
      }
    }
    for (const [at, call] of calls.entries()) {
      this.#tell({ kind: 'trying', at });
      this.#tell({ kind: 'tried', at, result: resultOf(call, registry) });
    }
    this.#tell({ kind: 'done' });
  }

  async #load(code: DropInCode): Promise<DropInSpecs> {
    const specs = await inNameOf(code.name, () => importDropIn(code, NO_TIMEOUT_MS));
    this.#specs.set(code.name, specs);
    return specs;
  }
}

function failed(message: string, stack = ''): ImportOutcome {
  return { kind: 'failed', failure: { kind: 'thrown', message, stack, syntax: false } };
}

/** The URLs of a module and of all that it imports, but for packages. */
function closureOf(url: string): string[] {
  const found = new Set([url]);
  for (const at of found) for (const imported of Object.values(heldModule(at)?.imports ?? {})) found.add(imported);
  return [...found];
}

function importsNow(): Record<string, Record<string, string>> {
  return Object.fromEntries([...heldUrls()].map((url) => [url, heldModule(url)?.imports ?? {}]));
}

/** What is wrong with the arguments of a call; where that is nothing, the instance is made once, to hear what `create` says. */
function resultOf({ routeId, part, index, call }: TrialCall, registry: Registry): TrialResult {
  const [name, ...values] = call;
  if (part === 'backend')
    return balancerResult(name, values.map(String), { routeId, part, index, argIndex: -1 }, registry);
  const spec = (part === 'filter' ? registry.filters : registry.predicates).get(name);
  if (spec === undefined) return { faults: [], advice: [] };
  const fault = (argIndex: number, message: string): TrialFault => ({
    message: `${name}: ${message}`,
    fault: { routeId, part, index, argIndex },
  });
  const { read, faults } = readArgs(spec.args, values);
  if (faults.length > 0) return { faults: faults.map((one) => fault(one.index, one.message)), advice: [] };
  const calls = { filters: part === 'filter' ? [call] : [], predicates: part === 'predicate' ? [call] : [] };
  try {
    const advice = adviseArgs(spec, read, values.length).map((one) => fault(one.index, one.message));
    const record = { id: routeId, order: 0, ...calls, backend: { kind: 'shunt' } as const };
    provisionRoute(record, {
      registry,
      predicateEnv: { draining: () => false },
      filterEnv: () => ({ routeId, log: SILENT, metrics: NO_METRICS }),
      makeBackend: () => null,
    }).retire();
    return { faults: [], advice };
  } catch (error) {
    const { message } = importFailure(error);
    if (!(error instanceof ProvisionError)) return { faults: [fault(-1, message)], advice: [] };
    return { faults: [{ message, fault: { routeId, part, index, argIndex: error.argIndex } }], advice: [] };
  }
}

/** What is wrong with the balancer that an algorithm makes of these endpoints. */
function balancerResult(name: string, urls: readonly string[], fault: ProvisionFault, registry: Registry): TrialResult {
  const spec = registry.balancers.get(name);
  if (spec === undefined) return { faults: [], advice: [] };
  let wrong: string | null;
  try {
    const endpoints = urls.map((origin) => ({ endpoint: { origin, inFlight: 0 }, weight: 1 }));
    wrong = balancerFault(spec.create(endpoints));
  } catch (error) {
    wrong = importFailure(error).message;
  }
  return { faults: wrong === null ? [] : [{ message: `${name}: ${wrong}`, fault }], advice: [] };
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
