import type { RouteDef } from '../../../grammar/index.ts';
import type { ControlView, Problem } from '../../admin/index.ts';
import {
  type ApplicationLog,
  DURATION_BUCKETS,
  type Exposition,
  Histogram,
  histogramMetric,
  labelled,
  loadExposition,
  logLines,
  type MetricSnapshot,
  RetiredMetrics,
  single,
  ThreadCounters,
} from '../../observe/index.ts';
import { type Reloader, type ReloadOutcome, reloadWords } from '../../reload/index.ts';
import { definitionOf, type Finding, factsOf, isError, printFinding, shownRoute } from '../../routes/index.ts';
import type { Supervisor, ThreadState } from '../../threads/index.ts';
import { version } from '../../version.ts';
import type { FirstLoad } from './first-load.ts';

/** What there is to look at. */
interface Watched {
  readonly reloader: Reloader;
  readonly supervisor: Supervisor;
  readonly firstLoad: FirstLoad;
}

function problemOf(finding: Finding): Problem {
  const { file, line, column, code, message } = factsOf(finding);
  return { source: file, line, column, code, message, text: printFinding(finding) };
}

/** A problem of the process itself. */
function ownProblem(message: string): Problem {
  return { source: 'sluice', message, text: message };
}

/** What the control plane of one process is doing: told to the log, and shown by the support listener. */
export class ControlState implements ControlView {
  #firstLoad: FirstLoad | null = null;
  /** Why new requests are not welcome, whatever is loaded; null when they are. */
  #hindrance: string | null = 'starting';
  readonly #prefix: string;
  readonly #log: ApplicationLog;
  readonly #exposition: () => Promise<Exposition>;
  #reloader: Reloader | null = null;
  #supervisor: Supervisor | null = null;
  #changedAtMs = Date.now();
  #reloads = 0;
  readonly #reloadTimes = new Histogram(DURATION_BUCKETS);
  #refusals = 0;
  /** What happens to data threads. */
  readonly threadCounters = new ThreadCounters();
  readonly #retired = new RetiredMetrics();

  constructor(prefix: string, log: ApplicationLog) {
    this.#prefix = prefix;
    this.#log = log;
    let exposition: Promise<Exposition> | null = null;
    this.#exposition = () => (exposition ??= loadExposition(prefix));
  }

  /** Names what there is to look at; before that nothing is shown. */
  watch({ reloader, supervisor, firstLoad }: Watched): void {
    this.#reloader = reloader;
    this.#supervisor = supervisor;
    this.#firstLoad = firstLoad;
  }

  /** Clients are served. */
  serving(): void {
    this.#hindrance = null;
  }

  /** The process was asked to stop. */
  stopping(): void {
    this.#hindrance = 'stopping';
  }

  /** Begins to count the process' own metrics. Not before the first request: loading what counts them takes a while. */
  countProcess(): void {
    void this.#exposition();
  }

  reasonsNotReady(): Problem[] {
    const waiting = (this.#firstLoad?.waitingFor ?? []).map(problemOf);
    if (waiting.length > 0) return waiting;
    const serves = this.threads().some(({ state }) => state === 'serving');
    const reason = this.#hindrance ?? (serves ? null : 'no data thread serves');
    return reason === null ? [] : [ownProblem(reason)];
  }

  /** Takes what a load came to. */
  loaded(outcome: ReloadOutcome): void {
    const { generation, routes, found, resolved, tookMs } = outcome;
    for (const finding of found) {
      if (isError(finding)) this.#refusals++;
      this.#log.report(isError(finding) ? 'error' : 'warn', printFinding(finding));
    }
    for (const [file, what] of outcome.notLive) {
      if (what.length > 0) this.#log.info('a drop-in imports what is not watched', { file, what });
    }
    for (const file of resolved) this.#log.info('mended', { file });
    const words = reloadWords(outcome);
    if (words === null) return;
    this.#reloads++;
    this.#reloadTimes.observe(tookMs / 1000);
    this.#changedAtMs = Date.now();
    this.#log.info(words, { routes: routes.total, generation, ms: Math.round(tookMs) });
  }

  /** Takes the last metrics of a data thread that is gone. */
  retire(metrics: unknown): void {
    this.#retired.add(metrics as MetricSnapshot[]);
  }

  threads(): ThreadState[] {
    return this.#supervisor?.states() ?? [];
  }

  get routeCount(): number {
    return this.#reloader?.routeCount ?? 0;
  }

  get changedAtSeconds(): number {
    return Math.floor(this.#changedAtMs / 1000);
  }

  routes(offset: number, limit: number): RouteDef[] {
    const reloader = this.#reloader;
    if (reloader === null) return [];
    const shown: RouteDef[] = [];
    let at = 0;
    for (const { record } of reloader.routes()) {
      if (at >= offset + limit) break;
      if (at++ >= offset) shown.push(shownRoute(definitionOf(record, reloader.registry), reloader.registry));
    }
    return shown;
  }

  problems(): Problem[] {
    const { trouble } = this.#log;
    const log = trouble === null ? [] : [{ ...ownProblem(trouble), source: 'application-log' }];
    return [...this.#findings('error'), ...log];
  }

  warnings(): Problem[] {
    return this.#findings('warning');
  }

  #findings(wanted: Finding['severity']): Problem[] {
    return (this.#reloader?.findings() ?? []).filter(({ severity }) => severity === wanted).map(problemOf);
  }

  async metrics(): Promise<{ contentType: string; page: string }> {
    const { metrics, late } = (await this.#supervisor?.metrics()) ?? { metrics: [], late: 0 };
    const exposition = await this.#exposition();
    const threads = metrics as MetricSnapshot[][];
    const page = await exposition.page([...threads, this.#retired.snapshot(), this.#own(late)]);
    return { contentType: exposition.contentType, page };
  }

  #own(late: number): MetricSnapshot[] {
    const prefix = this.#prefix;
    const invalid = new Map<string, number>();
    for (const { source } of this.problems()) invalid.set(source, (invalid.get(source) ?? 0) + 1);
    return [
      single(
        `${prefix}_ready`,
        'gauge',
        'Whether /ready says so: 1 or 0.',
        this.reasonsNotReady().length === 0 ? 1 : 0,
      ),
      logLines(prefix, { application: this.#log.dropped }),
      single(`${prefix}_routes`, 'gauge', 'Routes served now.', this.routeCount),
      single(
        `${prefix}_routes_updated_timestamp_seconds`,
        'gauge',
        'When the routes changed last.',
        this.#changedAtMs / 1000,
      ),
      single(`${prefix}_generation`, 'gauge', 'Number of the generation in use.', this.#reloader?.generation ?? 0),
      single(`${prefix}_reloads_total`, 'counter', 'Generations that came into use.', this.#reloads),
      single(`${prefix}_refusals_total`, 'counter', 'Errors found in route files and drop-ins.', this.#refusals),
      single(`${prefix}_threads`, 'gauge', 'Data threads that serve now.', this.#supervisor?.servingCount ?? 0),
      single(`${prefix}_threads_late`, 'gauge', 'Data threads that did not answer for this page.', late),
      single(
        `${prefix}_old_modules`,
        'gauge',
        'Versions of drop-in modules that data threads hold and nothing uses.',
        this.#supervisor?.oldVersions ?? 0,
      ),
      ...this.threadCounters.snapshot(prefix),
      histogramMetric(
        `${prefix}_reload_duration_seconds`,
        'Time from a change that was seen to its use by all threads.',
        this.#reloadTimes,
      ),
      labelled(`${prefix}_build_info`, 'What is running.', [{ value: 1, labels: { version, node: process.version } }]),
      labelled(`${prefix}_custom_gauges`, "The gauges of Skipper's that have no metric of their own, by key.", [
        { value: this.routeCount, labels: { key: 'routes.total' } },
        { value: this.changedAtSeconds, labels: { key: 'routes.updated_timestamp' } },
      ]),
      labelled(
        `${prefix}_invalid_sources`,
        'Errors that keep a file from being served as it is now, by file.',
        [...invalid].map(([source, value]) => ({ value, labels: { source } })),
      ),
    ];
  }
}
