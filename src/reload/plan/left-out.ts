import type { Finding, Registry, RouteText } from '../../routes/index.ts';
import type { RouteFile } from './route-file.ts';

/** What is not put into use. What is said of files and routes holds for one text under one registry. */
export type Subject =
  | { readonly kind: 'drop-in'; readonly name: string }
  | { readonly kind: 'file'; readonly file: RouteFile; readonly source: RouteText | null; readonly under: Registry }
  | {
      readonly kind: 'route';
      readonly id: string;
      readonly file: RouteFile;
      readonly source: RouteText | null;
      readonly under: Registry;
    };

/** That something is not put into use, and why. */
export interface Refusal {
  readonly subject: Subject;
  readonly findings: readonly Finding[];
  /** For this load only; for all of this version; or as long as that, unless it is tried again some time. */
  readonly lasts: 'load' | 'version' | 'until-retry';
}

/** What an error in a route file keeps from being used: the route it stands in, or the whole file. */
export type OnInvalid = 'route' | 'file';

/** All that a plan leaves out. A value: `and` makes another one. */
export class LeftOut {
  readonly refusals: readonly Refusal[];
  /** The names of the drop-ins among it. */
  readonly dropIns: ReadonlySet<string>;
  readonly #ofFile = new Map<RouteFile, Refusal[]>();

  constructor(refusals: readonly Refusal[]) {
    this.refusals = refusals;
    const dropIns = new Set<string>();
    for (const refusal of refusals) {
      const { subject } = refusal;
      if (subject.kind === 'drop-in') dropIns.add(subject.name);
      else this.#ofFile.set(subject.file, [...(this.#ofFile.get(subject.file) ?? []), refusal]);
    }
    this.dropIns = dropIns;
  }

  and(more: readonly Refusal[]): LeftOut {
    return new LeftOut([...this.refusals, ...more]);
  }

  /** Why a file as it is on disk is left out under a registry; empty when it is not. */
  ofFile(file: RouteFile, registry: Registry): readonly Finding[] {
    return this.#valid(file, registry).flatMap(({ subject, findings }) => (subject.kind === 'file' ? findings : []));
  }

  /** The routes of a file that are left out under a registry, by id, with the reasons. */
  routesOf(file: RouteFile, registry: Registry): ReadonlyMap<string, Finding> {
    const out = new Map<string, Finding>();
    for (const { subject, findings } of this.#valid(file, registry))
      if (subject.kind === 'route') for (const finding of findings) out.set(subject.id, finding);
    return out;
  }

  /** The files that are left out under a registry, with the reasons. */
  *files(registry: Registry): Generator<[file: RouteFile, findings: readonly Finding[]]> {
    for (const file of this.#ofFile.keys()) {
      const findings = this.ofFile(file, registry);
      if (findings.length > 0) yield [file, findings];
    }
  }

  #valid(file: RouteFile, registry: Registry): readonly Refusal[] {
    // What was wrong under other names may be right under these.
    return (this.#ofFile.get(file) ?? []).filter(({ subject }) => isOf(subject, file, registry));
  }
}

function isOf(subject: Subject, file: RouteFile, registry: Registry): boolean {
  return subject.kind !== 'drop-in' && subject.source === file.wanted && subject.under === registry;
}

/** Leaves out a drop-in. */
export function withoutDropIn(name: string, findings: readonly Finding[], lasts: Refusal['lasts'] = 'load'): Refusal {
  return { subject: { kind: 'drop-in', name }, findings, lasts };
}

/** Leaves out a file as it is on disk. */
export function withoutFile(
  file: RouteFile,
  under: Registry,
  findings: readonly Finding[],
  lasts: Refusal['lasts'] = 'load',
): Refusal {
  return { subject: { kind: 'file', file, source: file.wanted, under }, findings, lasts };
}

/** Leaves out a route of a file as it is on disk. */
export function withoutRoute(
  file: RouteFile,
  id: string,
  under: Registry,
  finding: Finding,
  lasts: Refusal['lasts'] = 'load',
): Refusal {
  return { subject: { kind: 'route', id, file, source: file.wanted, under }, findings: [finding], lasts };
}
