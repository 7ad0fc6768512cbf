import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileFunction } from 'node:vm';
import type { FilterContext, Log } from '../../src/plugin/index.ts';
import { TimeLimit } from './time-limit.ts';

/** What the route gives a script besides the context: the `name=value` arguments. */
export type ScriptParams = Readonly<Record<string, string>>;

/** A hook as a script declares it. */
type ScriptHook = (ctx: FilterContext, params: ScriptParams) => unknown;

/** What a script declares. */
export interface ScriptHooks {
  readonly request: ScriptHook | null;
  readonly response: ScriptHook | null;
}

/** Where a script comes from. */
export interface ScriptSource {
  readonly code: string;
  /** For stack traces. */
  readonly filename: string;
}

/** Says whether the argument names a file rather than being the script itself. */
export function isScriptFile(argument: string): boolean {
  return /^[^\n;(){}]+\.[cm]?[jt]s$/.test(argument);
}

/** Reads a script file; the types of one in TypeScript are erased. @throws Error when it cannot be read or parsed. */
export function readScript(path: string, content: Buffer = readFileSync(path)): ScriptSource {
  const text = content.toString('utf8');
  return { code: /\.[cm]?ts$/.test(path) ? stripTypeScriptTypes(text) : text, filename: path };
}

/** Runs a script's top level and takes what it declares. @throws Error when it fails, takes over a second or declares no hook. */
export function scriptHooks({ code, filename }: ScriptSource, log: Log): ScriptHooks {
  const declare = compileFunction(`${code}\n;${DECLARED}`, ['log', 'print', 'sleep'], { filename }) as Declare;
  const print = (...values: unknown[]): void => log.info(values.map(String).join(' '));
  const hooks = LOADING.run(() => declare(log, print, sleep));
  if (hooks.request === null && hooks.response === null)
    throw new Error('expected a function request(ctx, params) or response(ctx, params), found neither');
  return hooks;
}

const LOADING = new TimeLimit(1000);

const DECLARED = `return {
  request: typeof request === 'function' ? request : null,
  response: typeof response === 'function' ? response : null,
};`;

type Declare = (log: Log, print: (...values: unknown[]) => void, sleepMs: typeof sleep) => ScriptHooks;
