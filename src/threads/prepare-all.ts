import { versionOf } from '../drop-ins/index.ts';
import type { GenerationChange, StageFault } from '../reload/index.ts';
import { ThreadGoneError, type ThreadLink } from './thread-link.ts';

/** A thread that does not answer a question for this long is left out of the answer, in ms. */
const ANSWER_MS = 1000;

/**
 * What stands in the way in these threads, each fault once: threads mostly agree on what is wrong. `before` is done first
 * with each.
 */
export async function prepareAll(
  links: readonly ThreadLink[],
  change: GenerationChange,
  before: (link: ThreadLink) => Promise<void> = async () => undefined,
): Promise<{ faults: StageFault[]; allDied: boolean }> {
  const prepared = links.map((link) => before(link).then(() => link.prepare(change)));
  const results = await Promise.all(prepared.map((one) => one.catch(goneOnly)));
  const gone = results.filter((result) => result instanceof ThreadGoneError);
  const answers = results.flatMap((result) => (result instanceof ThreadGoneError ? [] : [result]));
  const deadly = gone.flatMap((one) => deathOf(one, change));
  const faults = [...new Map([...deadly, ...answers.flat()].map((fault) => [JSON.stringify(fault), fault])).values()];
  const [first] = gone;
  if (first === undefined || answers.length > 0 || deadly.length > 0) return { faults, allDied: false };
  return { faults: [{ kind: 'whole', message: first.message }], allDied: true };
}

/** The drop-in of a change that a thread ended in. */
function deathOf({ version, message }: ThreadGoneError, { dropIns }: GenerationChange): StageFault[] {
  const code = dropIns.put.find(({ url }) => version !== 0 && versionOf(url) === version);
  return code === undefined ? [] : [{ kind: 'drop-in', name: code.name, message: `it ends data threads: ${message}` }];
}

/** What a promise comes to; undefined when it fails, or is not there in time. */
export async function inTime<T>(asked: Promise<T>, ms: number = ANSWER_MS): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([asked.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A thread that is gone is no failure of what it was asked. @throws any other error */
export function goneOnly(error: unknown): ThreadGoneError {
  if (error instanceof ThreadGoneError) return error;
  throw error;
}
