import { nameOf, withoutVersions } from '../guard/stray-errors.ts';
import type { Whereabouts } from '../guard/whereabouts.ts';
import type { DropInCode } from '../import/import-drop-in.ts';
import { endReason, type ProbeLink } from './probe-link.ts';
import type { FromProbe, TrialCall, TrialFault, TrialResult } from './probe-protocol.ts';

/** What a trial works with. */
export interface TrialOptions {
  /** How long loading the drop-ins, and how long making one instance may take, in ms. */
  readonly loadMs: number;
  readonly createMs: number;
  readonly maxHeapMib: number;
  /** A probe that is there already, or a new one. */
  take(): ProbeLink;
  offer(probe: ProbeLink): void;
}

/** Makes each of these calls once in a probe; resolves to what comes of it. One that holds or ends the probe is wrong too. */
export async function tryOut(
  codes: readonly DropInCode[],
  calls: readonly TrialCall[],
  options: TrialOptions,
): Promise<TrialResult> {
  const faults: TrialFault[] = [];
  const advice: TrialFault[] = [];
  let left = calls;
  while (left.length > 0) {
    const { done, stuckBy } = await round(codes, left, options, { faults, advice });
    if (stuckBy !== null) faults.push(stuckBy);
    // Where not even the first one was begun, it is not for its drop-in to be told.
    left = done === 0 ? [] : left.slice(done);
  }
  return { faults, advice };
}

interface Round {
  /** How many calls need not be made again. */
  readonly done: number;
  readonly stuckBy: TrialFault | null;
}

function round(
  codes: readonly DropInCode[],
  calls: readonly TrialCall[],
  options: TrialOptions,
  into: { faults: TrialFault[]; advice: TrialFault[] },
): Promise<Round> {
  const { loadMs, createMs, maxHeapMib } = options;
  const probe = options.take();
  return new Promise((resolve) => {
    let at = -1;
    let timer = setTimeout(() => void late(), loadMs);
    const finish = (message: string | null): void => {
      clearTimeout(timer);
      probe.ear = null;
      const call = calls[at];
      const stuckBy = message === null || call === undefined ? null : { message, fault: faultOf(call) };
      resolve({ done: message === null ? calls.length : at + 1, stuckBy });
    };
    const late = async (): Promise<void> => {
      const where = await probe.stop();
      finish(`${calls[at]?.call[0]}: create did not return within ${createMs / 1000} s${placeIn(where)}`);
    };
    const take = (message: FromProbe): void => {
      if (message.kind === 'trying') {
        at = message.at;
        clearTimeout(timer);
        timer = setTimeout(() => void late(), createMs);
      } else if (message.kind === 'tried') {
        into.faults.push(...message.result.faults);
        into.advice.push(...message.result.advice);
      } else if (message.kind === 'done') {
        finish(null);
        options.offer(probe);
      }
    };
    const gone = (error: Error): void =>
      finish(`${calls[at]?.call[0]}: create ended its thread: ${endReason(error, maxHeapMib)}`);
    probe.ear = { take, gone };
    probe.post({ kind: 'try', codes, calls });
  });
}

function faultOf({ routeId, part, index }: TrialCall): TrialFault['fault'] {
  return { routeId, part, index, argIndex: -1 };
}

function placeIn(where: Whereabouts): string {
  const place = where.find(({ url }) => /^file:.*\?v=\d+$/.test(url));
  return place === undefined ? '' : ` (${nameOf(withoutVersions(place.url))}:${place.line}:${place.column})`;
}
