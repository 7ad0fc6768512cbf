import { type Diagnostic, parseRoutes, type RouteDef } from '../../grammar/index.ts';
import { UsageError } from '../config/index.ts';
import { HeaderList, NetworkSet, Request } from '../http/index.ts';
import { NO_METRICS } from '../plugin/index.ts';
import { fileRouteId } from '../reload/index.ts';
import { provisionRoute, type Registry, RoutingTable, recordOf } from '../routing/index.ts';
import { type Command, type Console, type ParsedArgs, parseArgs } from './command.ts';
import { readRouteTexts } from './route-texts.ts';
import { loadVocabulary } from './vocabulary.ts';

/** `sluice match`: which route a request would take, and why. */
export const command: Command = {
  summary: 'tells which route a request would take, and why',
  usage: `sluice match PATH… --url http://HOST/PATH?QUERY [--method GET] [--header 'K: v']… [--client-ip IP]
       [--trusted-proxies CIDR]… [--explain] [--ignore-trailing-slash] [--filters-dir DIR]…
sluice match PATH… --requests FILE|-

Prints JSON {"route": id or null, "params": {…}}; with --explain also every candidate in the order in which it was
considered, and the predicate that refused it. --requests takes one JSON object a line, {"method", "url",
"headers": [[name, value], …], "remote"}, and answers each with a line. The authority of the URL is the Host header as
sent, the rest the request target byte for byte. Exits with 1 when the routes have errors.`,

  async run(args, io) {
    const flags = parseArgs(
      args,
      ['url', 'method', 'header', 'client-ip', 'trusted-proxies', 'requests', 'filters-dir'],
      ['explain', 'ignore-trailing-slash'],
    );
    if (flags.rest.length === 0) throw new UsageError('match needs a file or a folder of routes');
    const { registry, failed } = await loadVocabulary(flags.values('filters-dir'), io);
    const table = await loadTable(flags, registry, io);
    if (table === null || failed) return 1;
    const trusted = trustedProxies(flags);
    for await (const line of requests(flags, io)) {
      const request = requestOf(line);
      request.believe(trusted);
      io.out(`${JSON.stringify(answer(table, request, flags.has('explain')))}\n`);
    }
    return 0;
  },
};

type Table = RoutingTable<null>;

async function loadTable(flags: ParsedArgs, registry: Registry, io: Console): Promise<Table | null> {
  const defs: RouteDef[] = [];
  const ids = new Map<string, string>();
  let failed = false;
  for (const source of await readRouteTexts(flags.rest, io)) {
    const { value: parsed, errors } = parseRoutes(source.text);
    const value = parsed.map((def) => (def.id === '' ? { ...def, id: fileRouteId(source.name) } : def));
    const found = [...errors, ...value.flatMap((def) => takenId(def, ids))];
    for (const error of found) io.err(`${source.format(error)}\n`);
    failed ||= found.length > 0;
    defs.push(...value);
    for (const { id } of value) ids.set(id, source.name);
  }
  if (failed) return null;
  const table: Table = new RoutingTable({ ignoreTrailingSlash: flags.has('ignore-trailing-slash') });
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  for (const [order, def] of defs.entries()) {
    try {
      // Only matching is asked for: filters are left out, so that none of them is made for nothing.
      const record = { ...recordOf(def, order), filters: [] };
      const env = {
        registry,
        predicateEnv: { draining: () => false },
        filterEnv: (routeId: string) => ({ routeId, log: silent, metrics: NO_METRICS }),
        makeBackend: () => null,
      };
      table.prepare(1, { put: [provisionRoute(record, env)] });
    } catch (error) {
      io.err(`${def.id}: ${(error as Error).message}\n`);
      failed = true;
    }
  }
  table.commit(1);
  return failed ? null : table;
}

/** The error that a route of another file has the id of this one; `ids` says which. */
function takenId({ id, idSpan, span }: RouteDef, ids: ReadonlyMap<string, string>): Diagnostic[] {
  const taken = ids.get(id);
  if (taken === undefined) return [];
  const message = `the route id "${id}" is already taken in ${taken}`;
  return [{ code: 'duplicate-id', message, severity: 'error', span: idSpan ?? span }];
}

/** A request as --requests gives it. */
interface RequestLine {
  method?: string;
  url: string;
  headers?: [string, string][];
  remote?: string;
}

async function* requests(flags: ParsedArgs, io: Console): AsyncGenerator<RequestLine> {
  const [file] = flags.values('requests');
  if (file !== undefined) {
    const text = file === '-' ? await io.input() : await readText(file);
    for (const [index, line] of text.split('\n').entries())
      if (line.trim() !== '') yield requestLine(line, `${file}:${index + 1}`);
    return;
  }
  const [url] = flags.values('url');
  if (url === undefined) throw new UsageError('match needs --url or --requests');
  const headers = flags.values('header').map((text): [string, string] => {
    const [, name, value] = /^([^:\s]+):\s*(.*)$/s.exec(text) ?? [];
    if (name === undefined) throw new UsageError(`expected --header 'Name: value', found ${JSON.stringify(text)}`);
    return [name, value as string];
  });
  yield {
    url,
    headers,
    method: flags.values('method')[0] ?? 'GET',
    remote: flags.values('client-ip')[0] ?? '127.0.0.1',
  };
}

async function readText(file: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(error.message);
  });
}

function requestLine(line: string, place: string): RequestLine {
  try {
    const value = JSON.parse(line) as unknown;
    if (isRequestLine(value)) return value;
  } catch {
    // Told below, with the place.
  }
  throw new UsageError(`${place}: expected a JSON object with a "url", and "method", "headers", "remote" if need be`);
}

function isRequestLine(value: unknown): value is RequestLine {
  if (typeof value !== 'object' || value === null) return false;
  const { url, method = '', remote = '', headers = [] } = value as Record<string, unknown>;
  return (
    [url, method, remote].every((each) => typeof each === 'string') &&
    Array.isArray(headers) &&
    headers.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every((each) => typeof each === 'string'))
  );
}

/** The networks of --trusted-proxies. @throws UsageError */
function trustedProxies(flags: ParsedArgs): NetworkSet {
  try {
    return new NetworkSet(flags.values('trusted-proxies').flatMap((each) => each.split(',')));
  } catch (error) {
    throw new UsageError(`--trusted-proxies: ${(error as Error).message}`);
  }
}

function requestOf(line: RequestLine): Request {
  const [, scheme, host, rest] = /^(https?):\/\/([^/?#]*)(.*)$/s.exec(line.url) ?? [];
  if (host === undefined)
    throw new UsageError(`expected a URL such as http://host/path, found ${JSON.stringify(line.url)}`);
  const target = rest === '' ? '/' : (rest as string).startsWith('?') ? `/${rest}` : (rest as string);
  const headers = HeaderList.of(line.headers ?? []);
  return new Request({
    method: line.method ?? 'GET',
    target,
    headers,
    host: headers.get('Host') ?? host,
    scheme: scheme as 'http' | 'https',
    remoteAddress: line.remote ?? '127.0.0.1',
  });
}

function answer(table: Table, request: Request, explain: boolean): unknown {
  const { match, candidates } = table.explain(request);
  const result = { route: match?.route.id ?? null, params: match?.params ?? {} };
  if (!explain) return result;
  return {
    ...result,
    candidates: candidates.map(({ routeId, rank, refusedBy }) => {
      if (refusedBy === null) return { route: routeId, rank };
      const [name, ...args] = refusedBy;
      return { route: routeId, rank, refusedBy: `${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})` };
    }),
  };
}
