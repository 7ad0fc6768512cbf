import type { MetricSnapshot } from '../../observe/index.ts';
import type { Log } from '../../plugin/index.ts';
import type { UnderWay } from '../../server/index.ts';

/** How often is told what still goes on, in ms. */
const TELL_MS = 5000;

/** What a stop works with. */
export interface Drain {
  /** Resolves when nothing is under way any more. */
  readonly drained: Promise<void>;
  /** How long it may take, in ms; 0: as long as it takes. */
  readonly timeoutMs: number;
  /** What the threads count, as lists of MetricSnapshot; soon. */
  metrics(): Promise<readonly unknown[]>;
  readonly prefix: string;
}

/** Tells the log what a stop waits for: at its beginning, and every five seconds until it is over. */
export async function tellDraining({ drained, timeoutMs, metrics, prefix }: Drain, log: Log): Promise<void> {
  const beganAt = performance.now();
  const bound = timeoutMs > 0 ? `, at most ${timeoutMs / 1000}s` : '';
  let isOver = false;
  const over = drained.finally(() => (isOver = true));
  for (let isFirst = true; !isOver; isFirst = false) {
    const underWay = await Promise.race([inFlight(metrics, prefix), over.then(() => null)]);
    if (isFirst) log.info(`draining: ${underWay ?? 'nothing'}${bound} (again: now)`);
    else if (underWay !== null) log.info(`draining: ${underWay} left, after ${seconds(performance.now() - beganAt)}`);
    await Promise.race([over, pause(TELL_MS)]);
  }
  await over;
}

/** What the threads have under way, for people; null when it is nothing. */
async function inFlight(metrics: Drain['metrics'], prefix: string): Promise<string | null> {
  const threads = (await metrics()) as readonly (readonly MetricSnapshot[])[];
  const sum = (name: string): number =>
    threads
      .flat()
      .filter((metric) => metric.name === `${prefix}_${name}`)
      .reduce((all, { values }) => all + (values[0]?.value ?? 0), 0);
  return toldUnderWay({ requests: sum('requests_in_flight'), tunnels: sum('upgraded_connections') });
}

/** "2 requests, 1 upgraded connection"; null for nothing. */
export function toldUnderWay({ requests, tunnels }: UnderWay): string | null {
  const told = [counted(requests, 'request'), counted(tunnels, 'upgraded connection')];
  return told.filter((each) => each !== '').join(', ') || null;
}

function counted(count: number, what: string): string {
  return count === 0 ? '' : `${count} ${what}${count === 1 ? '' : 's'}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)}s`;
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms).unref());
}
