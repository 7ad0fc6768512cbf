import { type Finding, inOrder, printFinding } from '../routes/index.ts';

/** The things that can be wrong with a file, each with findings of its own. */
export type Concern = 'routes' | 'drop-in' | 'source' | 'use';

interface FileFindings {
  readonly file: string;
  readonly findings: readonly Finding[];
}

/** All that is wrong at one moment, by file. */
export class FindingSnapshot {
  readonly #entries = new Map<string, FileFindings>();

  /** Notes what is wrong with a file, or a part of it, in one respect; replaces what was noted before. */
  note(concern: Concern, file: string, findings: readonly Finding[], part = ''): void {
    this.#entries.set(`${concern} ${file} ${part}`, { file, findings });
  }

  /** All of them, in the order in which to mend them. */
  all(): Finding[] {
    return inOrder([...this.#entries.values()].flatMap(({ findings }) => findings));
  }

  /** The findings that were not there before, and the files of which, in some respect, nothing is wrong any more. */
  since(before: FindingSnapshot): { found: Finding[]; resolved: string[] } {
    const known = new Set(before.all().map(printFinding));
    return {
      found: this.all().filter((finding) => !known.has(printFinding(finding))),
      resolved: [...before.#entries].filter(([key]) => !this.#entries.has(key)).map(([, { file }]) => file),
    };
  }
}
