import { readFile } from 'node:fs/promises';
import { placeOfFault, textOf } from './file-text.ts';
import { type Selection, scan, withoutTwins } from './scan-folder.ts';
import type { Deliver, Source, SourceFault, SourceFile } from './source.ts';

/** Files as they are now: delivered once, and not watched. */
export class FilesOnce implements Source {
  readonly #paths: readonly string[];
  readonly #selection: Selection;

  constructor(paths: readonly string[], selection: Selection) {
    this.#paths = withoutTwins(paths, selection);
    this.#selection = selection;
  }

  async start(deliver: Deliver): Promise<void> {
    const scanned = await scan(this.#paths, this.#selection);
    const put: SourceFile[] = [];
    const faults: SourceFault[] = scanned.faults.map((fault) => ({ ...fault, wasGood: false, severity: 'error' }));
    for (const name of scanned.files.keys()) {
      try {
        put.push({ name, text: textOf(await readFile(name)) });
      } catch (error) {
        const { message } = error as Error;
        faults.push({ name, message, wasGood: false, severity: 'error', ...placeOfFault(error) });
      }
    }
    deliver({ put, remove: [], faults });
  }

  async close(): Promise<void> {}
}
