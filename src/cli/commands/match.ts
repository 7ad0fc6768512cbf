import { UsageError } from '../../config/index.ts';
import { addSpecs, importDropIn, PROBE_BOUNDS } from '../../drop-ins/index.ts';
import { HeaderList, NetworkSet, Request } from '../../http/index.ts';
import { NO_METRICS } from '../../plugin/index.ts';
import type { Reloader } from '../../reload/index.ts';
import type { Registry } from '../../routes/index.ts';
import { type Explanation, provisionRoute, RoutingTable } from '../../routing/index.ts';
import { builtinRegistry } from '../../vocabulary/index.ts';
import { type Command, type Console, type ParsedArgs, parseArgs } from '../command.ts';
import { explanation } from '../explanation.ts';
import { showFindings } from '../findings.ts';
import { inspect } from '../inspection.ts';
import { styleOf } from '../style.ts';

/** `sluice match`: which route a request would take, and why. */
export const command: Command = {
  summary: 'tells which route a request would take, and why',
  usage: `sluice match PATH… --url http://HOST/PATH?QUERY [--method GET] [--header 'K: v']… [--client-ip IP]
       [--trusted-proxies CIDR]… [--explain [--json]] [--ignore-trailing-slash] [--filters-dir DIR]…
sluice match PATH… --requests FILE|-

Prints JSON {"route": id or null, "params": {…}}. With --explain it tells every candidate in the order in which they were
asked, what refused each, and which paths are near; with --json too, the same as JSON. --requests takes one JSON object a line, {"method", "url",
"headers": [[name, value], …], "remote"}, and answers each with a line. The authority of the URL is the Host header as
sent, the rest the request target byte for byte. Exits with 1 when the routes have errors.`,

  async run(args, io) {
    const flags = parseArgs(
      args,
      ['url', 'method', 'header', 'client-ip', 'trusted-proxies', 'requests', 'filters-dir'],
      ['explain', 'json', 'ignore-trailing-slash'],
    );
    if (flags.rest.length === 0) throw new UsageError('match needs a file or a folder of routes');
    const ignoreTrailingSlash = flags.has('ignore-trailing-slash');
    const files = { routes: flags.rest, filters: flags.values('filters-dir'), ignoreTrailingSlash };
    const { loaded, findings } = await inspect(files, io);
    showFindings(findings, io.err, io);
    if (findings.some(({ severity }) => severity === 'error')) return 1;
    const table = await tableOf(loaded, ignoreTrailingSlash);
    const forPeople = flags.has('explain') && !flags.has('json');
    const style = styleOf(io);
    const trusted = trustedProxies(flags);
    for await (const line of requests(flags, io)) {
      const request = requestOf(line);
      request.believe(trusted);
      const found = table.explain(request);
      if (forPeople) io.out(explanation(request, found, loaded, style));
      else io.out(`${JSON.stringify(answer(found, flags.has('explain')))}\n`);
    }
    return 0;
  },
};

type Table = RoutingTable<null>;

/** The routes that would be served, ready for matching alone: filters are left out, so that none is made for nothing. */
async function tableOf(loaded: Reloader, ignoreTrailingSlash: boolean): Promise<Table> {
  const table: Table = new RoutingTable({ ignoreTrailingSlash });
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const env = {
    registry: await withCode(loaded),
    predicateEnv: { draining: () => false },
    filterEnv: (routeId: string) => ({ routeId, log: silent, metrics: NO_METRICS }),
    makeBackend: () => null,
  };
  for (const { record } of loaded.routes())
    table.prepare(1, { put: [provisionRoute({ ...record, filters: [] }, env)] });
  table.commit(1);
  return table;
}

/** The names with the code of drop-ins, whose predicates have a say here; probes have found it good. */
async function withCode(loaded: Reloader): Promise<Registry> {
  const registry = builtinRegistry();
  for (const code of loaded.current().dropIns.put)
    addSpecs(registry, await importDropIn(code, PROBE_BOUNDS.loadMs), code.name);
  return registry;
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
    const text = file === '-' ? (await io.input()).toString('utf8') : await readText(file);
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

function answer({ match, candidates }: Explanation<null>, explain: boolean): unknown {
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
