import type { RouteDef } from '../../grammar/index.ts';
import {
  Body,
  type Downstream,
  queryValue,
  type Request,
  type RequestHandler,
  Response,
  type ResponseInit,
} from '../http/index.ts';
import { printRoutes, toJson } from '../routes/index.ts';
import { foreignHost } from './host-check.ts';

/** Something wrong in a source of routes or in a drop-in, with its place. */
export interface Problem {
  /** The file, or another source's name. */
  readonly source: string;
  /** Its place, where it has one; both numbers begin at 1. */
  readonly line?: number;
  readonly column?: number;
  /** Its kind, such as `syntax` or `unreadable`, where it has one. */
  readonly code?: string;
  readonly message: string;
  /** The whole finding, "file:line:column: …" and the lines that show the place. */
  readonly text: string;
}

/** How a data thread is. `thread` counts from 0. */
export interface ThreadCondition {
  readonly thread: number;
  readonly state: 'serving' | 'stands still' | 'being replaced';
}

/** What the support listener shows; given by whoever composes the process. */
export interface ControlView {
  /** Number of routes served now. */
  readonly routeCount: number;
  /** When the routes changed last, in seconds since 1970. */
  readonly changedAtSeconds: number;
  /** The definitions served now, in definition order: `limit` of them from `offset`. */
  routes(offset: number, limit: number): readonly RouteDef[];
  /** What keeps sources from being served as they are now, and what else is wrong. */
  problems(): readonly Problem[];
  /** How the data threads are. */
  threads(): readonly ThreadCondition[];
  /** What is worth knowing, and keeps nothing from being served. */
  warnings(): readonly Problem[];
  /** Why new requests are not welcome: something was never loaded, or the process was asked to stop. Empty when they are. */
  reasonsNotReady(): readonly Problem[];
  /** The page of /metrics, in Prometheus' text format. */
  metrics(): Promise<{ contentType: string; page: string }>;
}

/** As Skipper: so many routes at once, unless asked otherwise. */
const DEFAULT_LIMIT = 1024;

type Page = (request: Request, view: ControlView) => ResponseInit | Promise<ResponseInit>;

const PAGES: Readonly<Record<string, Page>> = {
  '/routes': routesPage,
  '/metrics': async (_request, view) => {
    const { contentType, page } = await view.metrics();
    return { status: 200, headers: { 'Content-Type': contentType }, body: page };
  },
  '/health': healthPage,
  '/ready': readyPage,
};

/**
 * Answers the requests of the support listener from `view`. `hosts` are names, besides addresses and those of this machine, that
 * it may be asked under.
 */
export function supportPages(view: ControlView, hosts: readonly string[]): RequestHandler {
  return (request, downstream) => void answer(request, downstream, { view, hosts });
}

interface Support {
  readonly view: ControlView;
  readonly hosts: readonly string[];
}

async function answer(request: Request, downstream: Downstream, { view, hosts }: Support): Promise<void> {
  const foreign = foreignHost(request, hosts);
  const page = Object.hasOwn(PAGES, request.path) ? PAGES[request.path] : undefined;
  downstream.respond(new Response(foreign === null ? await answerOf(page, request, view) : refusalOf(foreign)));
}

function refusalOf(host: string): ResponseInit {
  const name = JSON.stringify(host);
  return text(
    421,
    `the support listener is not asked under the name ${name}; the option --support-listener-hosts allows names\n`,
  );
}

async function answerOf(page: Page | undefined, request: Request, view: ControlView): Promise<ResponseInit> {
  if (page === undefined) return text(404, `there are ${Object.keys(PAGES).join(', ')}\n`);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return {
      ...text(405, 'GET and HEAD only\n'),
      headers: { Allow: 'GET, HEAD', 'Content-Type': 'text/plain; charset=utf-8' },
    };
  }
  try {
    return await page(request, view);
  } catch (error) {
    return text(500, `${(error as Error).message}\n`);
  }
}

/** How it is, always 200: what is degraded serves on. */
function healthPage(_request: Request, view: ControlView): ResponseInit {
  const problems = view.problems();
  const threads = view.threads();
  const isWell = problems.length === 0 && threads.every(({ state }) => state === 'serving');
  const ready = view.reasonsNotReady().length === 0;
  const status = isWell ? 'ok' : 'degraded';
  return json(200, { status, ready, routes: view.routeCount, problems, warnings: view.warnings(), threads });
}

/** Whether requests are welcome, with the reasons why not: as lines, or as JSON for those who accept it. */
function readyPage(request: Request, view: ControlView): ResponseInit {
  const reasons = view.reasonsNotReady();
  const status = reasons.length === 0 ? 200 : 503;
  if (wantsJson(request)) return json(status, { ready: status === 200, reasons });
  const lines = [status === 200 ? 'ready' : 'not ready', ...reasons.map((reason) => reason.text)];
  return text(status, `${lines.join('\n')}\n`);
}

function wantsJson({ headers }: Request): boolean {
  return headers.joined('Accept')?.includes('application/json') ?? false;
}

/** The routes as eskip, or as JSON for those who accept it; Skipper's parameters and headers. */
function routesPage(request: Request, view: ControlView): ResponseInit {
  const { query } = request;
  const known = { 'X-Timestamp': String(view.changedAtSeconds), 'X-Count': String(view.routeCount) };
  if (queryValue(query, 'invalid') === 'true') return problemsPage(view, wantsJson(request));
  const timestamp = queryValue(query, 'timestamp');
  if (timestamp !== null && timestamp !== known['X-Timestamp'])
    return text(400, 'invalid timestamp: the routes have changed since\n');
  const offset = wholeNumber(queryValue(query, 'offset'), 0);
  const limit = wholeNumber(queryValue(query, 'limit'), DEFAULT_LIMIT);
  if (offset === null || limit === null) return text(400, 'offset and limit are whole numbers\n');
  const defs = view.routes(offset, limit);
  if (wantsJson(request)) return json(200, defs.map(toJson), known);
  const page = printRoutes(defs, { pretty: queryValue(query, 'nopretty') === null });
  return {
    status: 200,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', ...known },
    body: page === '' ? '' : `${page}\n`,
  };
}

function problemsPage(view: ControlView, asJson: boolean): ResponseInit {
  const problems = view.problems();
  const count = { 'X-Count': String(problems.length) };
  return asJson
    ? json(200, problems, count)
    : { ...text(200, problems.map((problem) => `${problem.text}\n`).join('')) };
}

function wholeNumber(value: string | null, fallback: number): number | null {
  if (value === null) return fallback;
  return /^\d{1,9}$/.test(value) ? Number(value) : null;
}

function text(status: number, body: string): ResponseInit {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: Body.from(body) };
}

function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): ResponseInit {
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body: `${JSON.stringify(value)}\n` };
}
