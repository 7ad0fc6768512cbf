import {
  ArgError,
  arg,
  defineFilter,
  type Filter,
  type FilterContext,
  type Log,
  parseDuration,
  secretLiterals,
} from '../../src/plugin/index.ts';
import { watchFile } from '../lib/watched-file.ts';
import { isScriptFile, readScript, type ScriptHooks, type ScriptParams, scriptHooks } from './hooks.ts';
import { TimeLimit } from './time-limit.ts';

const TIMEOUT_PARAM = 'script-timeout';
const DEFAULT_TIMEOUT_MS = 1000;

/** The parameters of a script, and its time limit, which is one of them. */
function readParams(texts: readonly string[]): { params: ScriptParams; limit: TimeLimit } {
  const params: Record<string, string> = Object.create(null);
  for (const [index, text] of texts.entries()) {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    if (name.startsWith('script-') && name !== TIMEOUT_PARAM)
      throw new ArgError(
        `expected ${TIMEOUT_PARAM} or a name that does not begin with "script-", found "${name}"`,
        index + 1,
      );
    params[name] = equals < 0 ? '' : text.slice(equals + 1);
  }
  const given = params[TIMEOUT_PARAM];
  delete params[TIMEOUT_PARAM];
  const timeoutMs = given === undefined ? DEFAULT_TIMEOUT_MS : timeoutOf(given, texts);
  return { params: Object.freeze(params), limit: new TimeLimit(timeoutMs) };
}

function timeoutOf(given: string, texts: readonly string[]): number {
  const index = 1 + texts.findIndex((text) => text.startsWith(`${TIMEOUT_PARAM}=`));
  try {
    const timeoutMs = Math.ceil(parseDuration(given));
    if (timeoutMs >= 0) return timeoutMs;
  } catch {}
  throw new ArgError(`expected a duration such as "${TIMEOUT_PARAM}=500ms", found "${given}"`, index);
}

/** What runs a hook of a script, as the filter's own hook. */
type Run = (hook: 'request' | 'response', ctx: FilterContext) => void | Promise<void>;

function runnerOf(hooksNow: () => ScriptHooks, params: ScriptParams, limit: TimeLimit): Run {
  return (name, ctx) => {
    const hook = hooksNow()[name];
    if (hook === null) return undefined;
    const result = limit.run(() => hook(ctx, params));
    return result instanceof Promise ? result.then(() => {}) : undefined;
  };
}

function fromFile(path: string, params: ScriptParams, limit: TimeLimit, log: Log): Filter {
  const file = watchFile(path, (content) => scriptHooks(readScript(path, content), log), log, 0);
  const run = runnerOf(() => file.content, params, limit);
  return {
    // Both, as the file may come to declare the other one later.
    request: (ctx) => run('request', ctx),
    response: (ctx) => run('response', ctx),
    close: () => file.close(),
  };
}

function inline(code: string, params: ScriptParams, limit: TimeLimit, env: { routeId: string; log: Log }): Filter {
  const hooks = declared(code, env);
  const run = runnerOf(() => hooks, params, limit);
  return {
    ...(hooks.request && { request: (ctx: FilterContext) => run('request', ctx) }),
    ...(hooks.response && { response: (ctx: FilterContext) => run('response', ctx) }),
  };
}

function declared(code: string, { routeId, log }: { routeId: string; log: Log }): ScriptHooks {
  try {
    return scriptHooks({ code, filename: `script of route ${routeId}` }, log);
  } catch (error) {
    throw new ArgError((error as Error).message, 0);
  }
}

/** Runs a script of the route's own. */
export const script = defineFilter({
  name: 'script',
  summary: 'Runs JavaScript of yours on the request and on the response.',
  details: `The script declares a function request(ctx, params), or response(ctx, params), or both; each may be async. \`ctx\` is what every filter gets (see "Writing filters"): a script can read and change the request, call ctx.serve() to answer, ctx.state to talk to other filters and fetch() to ask another server. \`params\` has the arguments "name=value". At hand are also log (the application log), print(…), which writes a line to it, and sleep(ms), a promise. What stands outside the functions runs once for each route and thread; variables there live as long as the route.

An argument that ends in .js or .ts (or .mjs, .cts …) and looks like a path names a file; types are erased. It has no import and export. A file that changes is taken anew within a second; with an error in it the version that worked stays.

Time limit: a hook that takes longer than a second, or than "${TIMEOUT_PARAM}=200ms" says, is given up and the answer is 500. A loop without end is stopped up to the first await; behind one it blocks its thread. Watching over a hook costs about a tenth of a millisecond; "${TIMEOUT_PARAM}=0" leaves it out.

Trust: a script is part of the configuration and can do what the proxy can, as a drop-in filter can: read files, end the process. The time limit is against mistakes; nothing here keeps hostile code in. Prefer a drop-in filter for what more than one route needs: it has types, arguments that are checked, imports, and no watching.

It takes the place of Skipper's lua.`,
  args: [
    arg.string('script', { doc: 'JavaScript, or the path of a .js or .ts file', secret: secretLiterals }),
    arg.rest(
      arg.string('parameter', { doc: `"name=value"; "${TIMEOUT_PARAM}=duration" sets the time limit, default 1s` }),
    ),
  ],
  source: 'Sluice; the hooks are those of Skipper, lua',
  examples: [
    {
      title: 'A header made of two',
      route: `* -> script(\`function request({ request: { headers } }) {
  headers.set('X-Name', headers.get('X-First') + ' ' + headers.get('X-Last'));
}\`) -> "http://origin.example"`,
      request: { headers: { 'X-First': 'Ada', 'X-Last': 'Lovelace' } },
      upstream: { headers: { 'X-Name': 'Ada Lovelace' } },
    },
    {
      title: 'An answer, with a parameter',
      route: `* -> script("function request(ctx, { greeting }) { ctx.serve({ status: 200, body: greeting }) }", "greeting=Hello") -> <shunt>`,
      response: { status: 200, body: 'Hello' },
      upstream: null,
    },
  ],
  create: ([code, texts], env) => {
    const { params, limit } = readParams(texts);
    return isScriptFile(code) ? fromFile(code, params, limit, env.log) : inline(code, params, limit, env);
  },
});
