import { AsyncLocalStorage } from 'node:async_hooks';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** An error that nobody caught: thrown in a timer or another callback, or a rejection that nobody awaited. */
export interface StrayError {
  /** The drop-in that it comes from, as findings name it; or "script of route ID"; null when it does not say. */
  readonly culprit: string | null;
  /** Whether it comes from our own code, whose state is then not to be relied on. */
  readonly ours: boolean;
  readonly message: string;
  /** Without versions in it. */
  readonly stack: string;
}

/** The folder of the package we are in: what stands in it is ours, but for drop-ins. */
const OURS = new URL(`../../../${import.meta.url.endsWith('.ts') ? '' : '../'}`, import.meta.url).href;

const owner = new AsyncLocalStorage<string>();

/** Runs `code` of a drop-in, so that what it leaves behind (timers, promises) is known to be its own. */
export function inNameOf<T>(dropIn: string, code: () => T): T {
  return owner.run(dropIn, code);
}

/**
 * Keeps this thread alive through errors that nobody catches: they go to `report`. Drop-ins cost nothing by them but what
 * they have broken themselves. Returns how to end it.
 */
export function catchStrayErrors(report: (error: StrayError) => void): () => void {
  const take = (thrown: unknown): void => {
    try {
      report(strayError(thrown, owner.getStore()));
    } catch {
      report({ culprit: null, ours: false, message: 'threw what cannot be looked at', stack: '' });
    }
  };
  process.on('uncaughtException', take);
  process.on('unhandledRejection', take);
  return () => void process.off('uncaughtException', take).off('unhandledRejection', take);
}

function strayError(thrown: unknown, ownedBy: string | undefined): StrayError {
  const isError = thrown instanceof Error;
  const stack = isError ? String(thrown.stack) : '';
  const message = isError ? String(thrown.message) : `threw ${describe(thrown)}`;
  const culprit = culpritIn(stack) ?? ownedBy ?? null;
  return { culprit, ours: culprit === null && isOurs(stack), message, stack: withoutVersions(stack) };
}

function describe(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null ? JSON.stringify(thrown) : String(thrown);
}

/** The drop-in, or script, of the innermost call in a stack that is of one. */
function culpritIn(stack: string): string | null {
  const [, url, script] = /(file:[^\s?()]+)\?v=\d+|(script of route [\w]+)/.exec(stack) ?? [];
  if (url === undefined) return script ?? null;
  return nameOf(url);
}

/** A file as findings name it: from the working directory on, where it is in it. */
export function nameOf(url: string): string {
  const file = fileURLToPath(url);
  const name = relative(process.cwd(), file);
  return name.startsWith('..') ? file : name;
}

/** Whether the innermost call that is not Node's own is of our package. */
function isOurs(stack: string): boolean {
  const [first] = stack.match(/(?:file:\/\/|\()\/[^\s()]+:\d+:\d+/) ?? [];
  return first?.includes(OURS) === true;
}

/** A text in which drop-ins stand as files, without the versions of their modules. */
export function withoutVersions(text: string): string {
  return text.replaceAll(/(\.[cm]?[jt]s)\?v=\d+/g, '$1');
}
