import { type Finding, inOrder, printFinding } from '../routes/index.ts';

/** The things that can be wrong with a file, each with findings of its own. */
export type Concern = 'routes' | 'drop-in' | 'source' | 'use';

/** What is wrong at present, by file. */
export class Findings {
  #current: ReadonlyMap<string, FileFindings> = new Map();

  /**
   * Replaces all that was known. Returns the findings that were not known before, and the files of which, in some
   * respect, nothing is wrong any more.
   */
  replace(next: Noted): { found: Finding[]; mended: string[] } {
    const before = this.#current;
    this.#current = next.entries;
    const known = new Set([...before.values()].flatMap(({ findings }) => findings.map(printFinding)));
    const all = [...next.entries.values()].flatMap(({ findings }) => findings);
    return {
      found: inOrder(all.filter((finding) => !known.has(printFinding(finding)))),
      mended: [...before].filter(([key]) => !next.entries.has(key)).map(([, { file }]) => file),
    };
  }

  /** All of them, by file. */
  all(): Finding[] {
    const all = [...this.#current.values()].flatMap(({ findings }) => findings);
    return inOrder(all);
  }
}

interface FileFindings {
  readonly file: string;
  readonly findings: readonly Finding[];
}

/** Findings as they are gathered. */
export class Noted {
  readonly entries = new Map<string, FileFindings>();

  /** Notes what is wrong with a file, or a part of it, in one respect; replaces what was noted before. */
  note(concern: Concern, file: string, findings: readonly Finding[], part = ''): void {
    this.entries.set(`${concern} ${file} ${part}`, { file, findings });
  }
}
