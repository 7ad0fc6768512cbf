import type { ApplicationLog } from '../../observe/index.ts';
import { culpritName, placeOf, type Reloader } from '../../reload/index.ts';
import { KillLedger, type Supervisor, type SupervisorEvent } from '../../threads/index.ts';
import type { ControlState } from './control-state.ts';

/** What hears of data threads. */
interface Ears {
  readonly log: ApplicationLog;
  readonly state: ControlState;
  readonly reloader: Reloader;
  readonly supervisor: Supervisor;
}

/** Our own code may be broken after an error that nobody caught; a thread is renewed for that this often at most, in ms. */
const OWN_ERROR_INTERVAL_MS = 60_000;

/** Tells the log and the metrics what happens to data threads, and puts out of use what ends them again and again. */
export class ThreadEvents {
  readonly #ears: () => Ears;
  readonly #ledger = new KillLedger();
  #ownErrorAt = Number.NEGATIVE_INFINITY;

  /** `ears` are there when the first event comes. */
  constructor(ears: () => Ears) {
    this.#ears = ears;
  }

  take(event: SupervisorEvent): void {
    const { log, state } = this.#ears();
    const { thread } = event;
    if (event.kind === 'died') this.#died(event);
    else if (event.kind === 'stray') this.#stray(event);
    else if (event.kind === 'replaced') log.info('a data thread was replaced', { thread });
    else if (event.kind === 'incomplete')
      log.error('a data thread serves not all routes', { thread, faults: event.faults });
    else {
      state.threadCounters.renewed();
      log.info('a data thread was renewed', { thread, oldModules: event.oldVersions });
    }
  }

  #died({ thread, end, replacedInMs }: SupervisorEvent & { kind: 'died' }): void {
    const { log, state, reloader } = this.#ears();
    const culprit = reloader.culpritOf(end);
    const place = placeOf(end);
    state.threadCounters.died(end.wasStopped);
    log.error('a data thread died', {
      thread,
      reason: end.reason.message,
      ...(culprit === null ? {} : { culprit: culpritName(culprit) }),
      ...(place === null ? {} : { at: place }),
      replacedInMs,
      ...(end.wasStopped ? {} : { stack: end.reason.stack }),
    });
    if (culprit === null || !this.#ledger.isTooMuch(culpritName(culprit), performance.now())) return;
    const { tooMany, withinMs } = KillLedger;
    const why = `it ended ${tooMany} data threads within ${withinMs / 1000} s, the last one: ${end.reason.message}`;
    reloader.putOutOfUse(culprit, place === null ? why : `${why} at ${place}`);
  }

  #stray({ thread, error, more }: SupervisorEvent & { kind: 'stray' }): void {
    const { log, state, supervisor } = this.#ears();
    const culprit = error.culprit ?? (error.ours ? 'sluice' : 'unknown');
    state.threadCounters.stray(culprit, 1 + more);
    log.error(error.ours ? 'an error of our own that nobody caught' : 'a drop-in failed outside of any request', {
      culprit,
      thread,
      error: error.message,
      ...(more === 0 ? {} : { more }),
      stack: error.stack,
    });
    const now = performance.now();
    if (!error.ours || now - this.#ownErrorAt < OWN_ERROR_INTERVAL_MS) return;
    this.#ownErrorAt = now;
    void supervisor.renew(thread);
  }
}
