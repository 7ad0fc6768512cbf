import { type Diagnostic, parseRoutes, type RouteDef, type SourceText } from '../../grammar/index.ts';
import { UsageError } from '../config/index.ts';
import { NO_METRICS } from '../plugin/index.ts';
import {
  checkRoute,
  checkTable,
  type PlacedRoute,
  ProvisionError,
  provisionDiagnostic,
  provisionRoute,
  type Registry,
  recordOf,
} from '../routing/index.ts';
import { type Command, type Console, parseArgs } from './command.ts';
import { readRouteTexts } from './route-texts.ts';
import { loadVocabulary, tryDropIns, type Vocabulary } from './vocabulary.ts';

/** One thing found, with its place; lines and columns begin at 1. */
interface Finding {
  file: string;
  line: number;
  column: number;
  severity: 'error' | 'warning';
  code: string;
  message: string;
  /** What probably was meant. */
  suggestion?: string;
}

/** `sluice check`: everything that would keep routes from being served, and what can never be served. */
export const command: Command = {
  summary: 'checks route files: syntax, names, arguments, routes that can never match',
  usage: `sluice check [--strict] [--json] [--filters-dir DIR]… PATH…|-

Reads all files together, as run does, and prints what is wrong as file:line:column. Exits with 1 when there are errors,
with --strict when there are warnings too. --filters-dir makes the drop-ins of a folder known. --json prints one JSON
array of findings.`,

  async run(args, io) {
    const flags = parseArgs(args, ['filters-dir'], ['json', 'strict']);
    if (flags.rest.length === 0) throw new UsageError('check needs a file, a folder, or - for standard input');
    const vocabulary = await loadVocabulary(flags.values('filters-dir'), io);
    const sources = await readRouteTexts(flags.rest, io);
    const found = await findAll(sources, vocabulary);
    if (flags.has('json')) io.out(`${JSON.stringify(found.map((each) => finding(each)))}\n`);
    else show(found, io);
    const counts = ({ diagnostic }: Found): boolean => diagnostic.severity === 'error' || flags.has('strict');
    return found.some(counts) || vocabulary.failed ? 1 : 0;
  },
};

interface Found {
  source: SourceText;
  diagnostic: Diagnostic;
}

async function findAll(sources: readonly SourceText[], vocabulary: Vocabulary): Promise<Found[]> {
  const found: Found[] = [];
  const sound: PlacedRoute[] = [];
  const parsed = sources.map((source) => ({ source, ...parseRoutes(source.text) }));
  const tried = await tryDropIns(
    parsed.flatMap(({ value }) => value),
    vocabulary,
  );
  for (const { source, value, errors } of parsed) {
    found.push(...errors.map((diagnostic) => ({ source, diagnostic })));
    for (const def of value) {
      const problems = [...problemsOf(def, vocabulary.registry), ...(tried.get(def) ?? [])];
      found.push(...problems.map((diagnostic) => ({ source, diagnostic })));
      if (!problems.some(isError)) sound.push({ source: source.name, def });
    }
  }
  const byName = new Map(sources.map((source) => [source.name, source]));
  for (const { route, diagnostic } of checkTable(sound))
    found.push({ source: byName.get(route.source) as SourceText, diagnostic });
  const place = new Map(sources.map((source, at) => [source, at]));
  const rank = ({ source }: Found): number => place.get(source) as number;
  return found.sort((a, b) => rank(a) - rank(b) || a.diagnostic.span.start - b.diagnostic.span.start);
}

/** What is wrong with one route; where the schema finds nothing, the route is made once, to hear what `create` says. */
function problemsOf(def: RouteDef, registry: Registry): Diagnostic[] {
  const problems = checkRoute(def, registry);
  if (problems.some(isError)) return problems;
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  try {
    provisionRoute(recordOf(def, 0), {
      registry,
      predicateEnv: { draining: () => false },
      filterEnv: (routeId) => ({ routeId, log: silent, metrics: NO_METRICS }),
      makeBackend: () => null,
    }).retire();
    return problems;
  } catch (error) {
    if (error instanceof ProvisionError) return [...problems, provisionDiagnostic(error, def)];
    throw error;
  }
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

function finding({ source, diagnostic }: Found): Finding {
  const { severity, code, message, span, suggestion } = diagnostic;
  const meant = suggestion === undefined ? {} : { suggestion };
  return { file: source.name, ...source.position(span.start), severity, code, message, ...meant };
}

function show(found: readonly Found[], io: Console): void {
  for (const { source, diagnostic } of found) io.out(`${source.format(diagnostic)}\n`);
}
