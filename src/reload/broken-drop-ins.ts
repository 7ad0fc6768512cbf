import type { PluginError } from '../drop-ins/index.ts';
import { type Finding, withHint } from '../routes/index.ts';
import type { SourceFile } from '../sources/index.ts';

/** The drop-in files whose newest version does not load, and the names that routes lack for it. */
export class BrokenDropIns {
  readonly #broken = new Map<string, { problem: PluginError; text: string }>();
  readonly #texts = new Map<string, string>();

  /** Notes the texts of files that are about to be looked at. */
  note(put: readonly SourceFile[]): void {
    for (const { name, text } of put) this.#texts.set(name, text);
  }

  /** Takes what became of files that were looked at; null clears. */
  update(problems: ReadonlyMap<string, PluginError | null>): void {
    for (const [name, problem] of problems) {
      const text = this.#texts.get(name) ?? this.#broken.get(name)?.text ?? '';
      this.#texts.delete(name);
      if (problem === null) this.#broken.delete(name);
      else this.#broken.set(name, { problem, text });
    }
  }

  /** By file, what is wrong with it. */
  *findings(): Generator<[file: string, finding: Finding]> {
    for (const [file, { problem }] of this.#broken) yield [file, problem.finding];
  }

  /** The finding; one about an unknown name says which broken drop-in probably has it. */
  explain(finding: Finding): Finding {
    const [, name] = /^unknown \w+ "(\w+)"$/.exec(finding.message) ?? [];
    if (name === undefined) return finding;
    // Its exports are not known; what would define the name stands in its text as a word of its own.
    const word = new RegExp(`\\b${name}\\b`);
    for (const [file, { text }] of this.#broken)
      if (word.test(text)) return withHint(finding, `${file}, which has that name, did not load`);
    return finding;
  }
}
