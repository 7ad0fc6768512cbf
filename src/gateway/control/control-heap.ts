import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Deadline, threadTimers } from '../../http/index.ts';

type Collect = (options: { type: 'major'; flavor: 'last-resort'; execution: 'sync' }) => void;

/** After a load the sources may well change again; so long it has to be quiet. */
const QUIET_MS = 1000;

/**
 * Gives back what a load leaves behind in the control thread. That thread then has nothing to do, for hours perhaps, and V8
 * keeps garbage and an empty young generation until somebody is short of memory: 15 MiB with 1 000 routes. It takes 30 ms
 * there, of a thread that serves nobody.
 */
export class ControlHeap {
  readonly #quiet = new Deadline(threadTimers, collectAll);

  /** Something was loaded. */
  loaded(): void {
    this.#quiet.set(QUIET_MS);
  }

  close(): void {
    this.#quiet.dispose();
  }
}

let collect: Collect | null = null;

function collectAll(): void {
  collect ??= collector();
  collect({ type: 'major', flavor: 'last-resort', execution: 'sync' });
}

/** V8 hands its collector to contexts that are made while this flag is on. */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as Collect;
  setFlagsFromString('--no-expose-gc');
  return gc;
}
