import { faultFinding, fileFinding } from '../routes/index.ts';
import type { SourceFault } from '../sources/index.ts';
import type { BrokenDropIns } from './broken-drop-ins.ts';
import { FindingSnapshot } from './finding-snapshot.ts';
import type { DropInSet } from './plan/drop-in-set.ts';
import type { SuspendedRoutes } from './plan/suspended-routes.ts';
import type { Settled } from './stage/settle.ts';

/** What knows of something that is wrong beside what a plan leaves out. */
interface Knowing {
  readonly dropIns: DropInSet;
  readonly suspended: SuspendedRoutes;
  readonly broken: BrokenDropIns;
}

/** All that is wrong after a load. */
export function snapshotOf(
  { plan, leftOut }: Pick<Settled, 'plan' | 'leftOut'>,
  faults: readonly SourceFault[],
  { dropIns, suspended, broken }: Knowing,
): FindingSnapshot {
  const snapshot = new FindingSnapshot();
  for (const [file, findings] of [...leftOut.files(plan.dropIns.registry), ...plan.flawed]) {
    const explained = findings.map((finding) => broken.explain(finding));
    snapshot.note('routes', file.name, explained);
  }
  for (const { subject, findings } of leftOut.refusals)
    if (subject.kind === 'drop-in') snapshot.note('drop-in', subject.name, findings);
  for (const [file, finding] of dropIns.rejected()) snapshot.note('drop-in', file, [finding]);
  for (const [file, why] of dropIns.outOfUse()) {
    snapshot.note('use', file, [fileFinding(file, 'out-of-use', `is out of use, its routes answer 503: ${why}`)]);
  }
  for (const [id, finding] of suspended.findings()) snapshot.note('use', finding.place.file, [finding], id);
  for (const [file, finding] of broken.findings()) snapshot.note('drop-in', file, [finding]);
  for (const fault of faults) snapshot.note('source', fault.name, [faultFinding(fault)]);
  return snapshot;
}
