import { printFinding } from '../routes/index.ts';
import '../linear-first.ts';
import { closeSync, openSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { ResourceLimits } from 'node:worker_threads';
import { supportPages } from '../admin/index.ts';
import { type Config, completeConfig, splitAddress, UsageError } from '../config/index.ts';
import { PROBE_BOUNDS, Prober, withoutVersions } from '../drop-ins/index.ts';
import { linearMode } from '../linear-first.ts';
import { ApplicationLog, accessLine } from '../observe/index.ts';
import { Reloader } from '../reload/index.ts';
import { checkFree, type Listener, listen, listenError, type Place } from '../server/index.ts';
import { INLINE_ROUTES, OutsideFiles, type Source } from '../sources/index.ts';
import { Supervisor, WorkerThread } from '../threads/index.ts';
import { builtinRegistry } from '../vocabulary/index.ts';
import { ControlHeap } from './control/control-heap.ts';
import { ControlState } from './control/control-state.ts';
import { checkDefaultFilters, defaultFilters } from './control/default-filters.ts';
import { FirstLoad } from './control/first-load.ts';
import { type Started, startSources } from './control/start-sources.ts';
import { ThreadEvents } from './control/thread-events.ts';
import { descriptorLimit } from './data-thread/descriptor-reserve.ts';
import { tellDraining } from './data-thread/draining.ts';
import { accessLogFormat, listenerOptions } from './data-thread/thread-options.ts';
import { newFlags, startDraining, type ThreadSetup, type ThreadWord } from './data-thread/thread-setup.ts';
import { readTlsFiles } from './tls-files.ts';

/**
 * Young generation of a data thread. What requests leave behind is dead at once, so a small one costs no CPU
 * that could be measured; its collections are short where much stays alive (1.5 ms instead of 21 ms in an allocation
 * test), and 24 MiB stay free.
 */
const YOUNG_GENERATION_MIB = 12;
/** 0 would be without end. */
const AT_ONCE_MS = 1;
/** With fewer file descriptors a gateway is soon at its end: a client takes two of them. */
const FEW_DESCRIPTORS = 512;

/** A running gateway: the control plane of this process and its data threads. */
export interface Gateway {
  /** Where clients are served; 0 before they are. */
  readonly port: number;
  /** Where they are served without TLS too; null when that is off. */
  readonly insecurePort: number | null;
  /** Where the support listener answers; null when it is off. */
  readonly supportPort: number | null;
  /**
   * Resolves when clients are served. With `wait-first-route-load` that is when everything that is to be loaded was good once.
   * Rejects when the address cannot be bound then.
   */
  readonly serving: Promise<void>;
  /** Resolves when all changes seen so far are live or refused. */
  idle(): Promise<void>;
  /** Opens the log files anew, in all threads: what a rotation moved away is let go. */
  reopenLogs(): Promise<void>;
  /** Stops: lets requests in flight finish, at most `shutdown-timeout`, then ends the threads. */
  close(): Promise<void>;
  /** Cuts the requests in flight and writes the logs out; the process is to be ended then, whatever else is under way. */
  cut(): Promise<void>;
}

/** The options of `sluice run` by their names; durations in milliseconds. */
export type GatewayOptions = Partial<Config>;

/**
/**
 * Starts a gateway: data threads, routes, drop-ins, support listener. The composition root of the main thread. Options
 * that are not given have the defaults of `sluice run`. `feeds` deliver routes besides the files and inline routes of the
 * options; the gateway starts and closes them. `warnings` are logged first. Resolves when clients are served, or when it is known
 * what has to be mended first: see `Gateway.serving`.
 * @throws UsageError for an option that is none, an address that is none, a TLS file without what it should have, or inline
 * routes that can never be served; the system's error when an address cannot be bound, or a log not be written.
 */
export async function startGateway(
  options: GatewayOptions = {},
  feeds: readonly Source[] = [],
  warnings: readonly string[] = [],
): Promise<Gateway> {
  const config = completeConfig(options);
  const log = new ApplicationLog({
    path: config['application-log'],
    level: config['application-log-level'],
    json: config['application-log-json-enabled'],
  });
  for (const warning of warnings) log.warn(warning);
  if (linearMode !== 'on-demand') log.warn('V8 does not keep regexps linear on demand', { regexps: linearMode });
  checkAccessLog(config);
  const tls = readTlsFiles(config);
  const defaults = defaultFilters(config);
  const places = listenerOptions(config, tls);
  await checkPlaces(config, places);
  const flags = newFlags();
  const limit = descriptorLimit();
  if (limit > 0 && limit < FEW_DESCRIPTORS) log.warn('there are few file descriptors; raise "ulimit -n"', { limit });
  const state = new ControlState(config['metrics-prefix'], log);
  const heap = new ControlHeap();
  const supervisor: Supervisor = new Supervisor({
    threads: config.workers || availableParallelism(),
    patience: { stallMs: config['thread-stall-timeout'], loadMs: config['drop-in-load-timeout'] },
    maxOldVersions: config['thread-max-old-modules'],
    drainMs: config['thread-drain-timeout'],
    idleMs: config['idle-timeout-server'],
    spawn: () =>
      new WorkerThread(threadUrl(), { config, tls, flags, descriptorLimit: limit } satisfies ThreadSetup, {
        resourceLimits: heapLimits(config),
      }),
    current: () => reloader.current(),
    event: (event) => events.take(event),
    word: (word) => logWord(word as ThreadWord, log),
    lastMetrics: (metrics) => state.retire(metrics),
  });
  const events = new ThreadEvents(() => ({ log, state, reloader, supervisor }));
  const prober = new Prober({
    loadMs: config['drop-in-load-timeout'],
    createMs: config['thread-stall-timeout'],
    maxHeapMib: config['thread-max-heap-mb'] || PROBE_BOUNDS.maxHeapMib,
  });
  const reloader = new Reloader({
    builtins: builtinRegistry(),
    stage: supervisor,
    prober,
    defaults,
    onInvalid: config['on-invalid'],
    hidden: { ignoreTrailingSlash: config['ignore-trailing-slash'] },
    loaded(outcome) {
      state.loaded(outcome);
      firstLoad.loaded(outcome.unloaded);
      heap.loaded();
      outside.watch(outcome.outside);
      if (outcome.needsNewThreads) void supervisor.renewAll();
    },
  });
  const outside = new OutsideFiles((change) => reloader.changeOutside(change));
  const firstLoad = new FirstLoad({
    log,
    servesMeanwhile: !config['wait-first-route-load'],
    allowsBroken: config['allow-broken-start'],
  });
  state.watch({ reloader, supervisor, firstLoad });
  const sources: Source[] = [];
  let support: Listener | null = null;
  let ports: readonly number[] = [];
  let isClosing = false;
  try {
    support = await startSupport(config, state);
    const [started] = await Promise.all([startSources(config, feeds, { reloader, log }), supervisor.start()]);
    sources.push(...started.sources);
    await reloader.start();
    refuseInlineRoutes(firstLoad, started);
    checkDefaultFilters(defaults, reloader.registry, log);
    firstLoad.tell();
    const isDue = firstLoad.isComplete || !config['wait-first-route-load'];
    const serving = isDue ? serve() : firstLoad.complete.then(serve);
    if (isDue) await serving;
    // Whoever waits for it hears of a failure.
    serving.catch(() => undefined);
    return {
      get port() {
        return ports[0] ?? 0;
      },
      get insecurePort() {
        return ports[1] ?? null;
      },
      supportPort: support?.port ?? null,
      serving,
      idle: () => reloader.idle(),
      reopenLogs,
      close,
      cut,
    };
  } catch (error) {
    await end();
    await log.close();
    throw error;
  }

  async function serve(): Promise<void> {
    if (isClosing) return;
    // Once more: the start took a while, and from here on the port is shared by our threads.
    await checkPlaces(config, places);
    ports = await supervisor.listen(places.map(({ port }) => port));
    state.serving();
    if (support !== null) state.countProcess();
    log.info('serving', {
      port: ports[0],
      support: support?.port ?? 'off',
      routes: reloader.routeCount,
      threads: supervisor.servingCount,
      ...(ports[1] === undefined ? {} : { insecure: ports[1] }),
    });
  }

  async function reopenLogs(): Promise<void> {
    const files = (log.reopen() ? 1 : 0) + (await supervisor.reopenLogs());
    if (files > 0)
      log.info('log files are opened anew', { application: config['application-log'], access: config['access-log'] });
    else log.info('there is no log file to open anew: logs go to standard error');
  }

  async function close(): Promise<void> {
    isClosing = true;
    state.stopping();
    startDraining(flags);
    const patience = config['wait-for-healthcheck-interval'];
    if (patience > 0) await new Promise((go) => setTimeout(go, patience));
    const timeoutMs = config['shutdown-timeout'];
    const drained = supervisor.drain(timeoutMs);
    const metrics = async () => (await supervisor.metrics()).metrics;
    await tellDraining({ drained, timeoutMs, metrics, prefix: config['metrics-prefix'] }, log);
    await end();
    log.info('stopped');
    await log.close();
  }

  async function cut(): Promise<void> {
    isClosing = true;
    state.stopping();
    startDraining(flags);
    await supervisor.drain(AT_ONCE_MS);
    log.warn('stopped at once');
    await log.close();
  }

  async function end(): Promise<void> {
    await Promise.all(sources.map((source) => source.close()));
    await outside.close();
    reloader.close();
    await reloader.idle();
    heap.close();
    firstLoad.close();
    await Promise.all([support?.close(), supervisor.close(), prober.close()]);
  }
}

/** Data threads write the access log; what keeps them from it is better known before they start. @throws Error */
function checkAccessLog(config: Config): void {
  try {
    accessLine(accessLogFormat(config));
  } catch (error) {
    throw new UsageError(`option --access-log-format: ${(error as Error).message}`);
  }
  const path = config['access-log'];
  // Opening a named pipe would wait for its reader.
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? path !== '';
  if (isFile) closeSync(openSync(path, 'a'));
}

function heapLimits({ 'thread-max-heap-mb': maxHeapMib }: Config): ResourceLimits {
  return {
    maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB,
    ...(maxHeapMib === 0 ? {} : { maxOldGenerationSizeMb: maxHeapMib }),
  };
}

/** Beside this file, compiled or not. */
function threadUrl(): URL {
  return new URL(
    import.meta.url.endsWith('.ts') ? './data-thread/entry.ts' : './data-thread/entry.js',
    import.meta.url,
  );
}

/**
 * Inline routes cannot be mended while the process runs: an error in them ends the start, unless they name what a drop-in may
 * still bring. @throws UsageError
 */
function refuseInlineRoutes({ waitingFor }: FirstLoad, { hasDropIns }: Started): void {
  const own = waitingFor.filter(({ place }) => place.file === INLINE_ROUTES);
  if (own.every(({ code }) => hasDropIns && code.startsWith('unknown-'))) return;
  throw new UsageError(`option --inline-routes: ${own.map(printFinding).join('\n')}`);
}

async function startSupport(config: Config, state: ControlState): Promise<Listener | null> {
  const address = config['support-listener'];
  if (address === '') return null;
  const { host, port } = splitAddress(address);
  const hosts = [...(host === undefined ? [] : [host]), ...config['support-listener-hosts']];
  const place = { ...(host === undefined ? {} : { host }), port };
  return listen(supportPages(state, hosts), place).catch((error) => {
    throw inOption('support-listener', listenError(error, place));
  });
}

/**
 * Makes sure that nobody else listens where clients are to be served: threads of ours share a port, and would share it with
 * anybody. @throws Error of the system that names option and address
 */
async function checkPlaces(config: Config, places: readonly Place[]): Promise<void> {
  if (config['reuse-port']) return;
  for (const [at, place] of places.entries()) {
    await checkFree(place).catch((error) => {
      if (error.code === 'EADDRINUSE')
        error.message += '; stop it, take another address, or share the port, and its clients, with --reuse-port';
      throw inOption(at === 0 ? 'address' : 'insecure-address', error);
    });
  }
}

function inOption(option: string, error: Error): Error {
  error.message = `option --${option}: ${error.message}`;
  return error;
}

/** Writes a line of a data thread, with drop-ins by their files. */
function logWord({ level, message, fields }: ThreadWord, log: ApplicationLog): void {
  const stack = fields?.['stack'];
  log[level](message, typeof stack === 'string' ? { ...fields, stack: withoutVersions(stack) } : fields);
}
