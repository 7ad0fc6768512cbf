import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Document, LineCounter, Node, Scalar } from 'yaml';
import { type GivenOption, givenOption } from './given.ts';
import type { OptionName } from './table.ts';
import { UsageError } from './usage-error.ts';

/** Loaded when there is a file to read, since it takes longer than all else that is read here. */
const yaml = (): typeof import('yaml') => createRequire(import.meta.url)('yaml');

/**
 * Reads a YAML file of options, in Skipper's form: a mapping whose keys are the names of flags, and whose values are
 * scalars or lists of them. Adds to `idle` the flags of Skipper's that mean nothing. @throws UsageError with file, line and
 * column
 */
export function readConfigFile(path: string, idle: Map<string, string>): Map<OptionName, GivenOption> {
  return new ConfigFile(path).read(idle);
}

class ConfigFile {
  readonly #path: string;
  readonly #lines: LineCounter;
  readonly #document: Document;

  constructor(path: string) {
    const { LineCounter, parseDocument } = yaml();
    this.#path = path;
    this.#lines = new LineCounter();
    this.#document = parseDocument(contentOf(path), { lineCounter: this.#lines, prettyErrors: false });
  }

  read(idle: Map<string, string>): Map<OptionName, GivenOption> {
    const given = new Map<OptionName, GivenOption>();
    const [fault] = this.#document.errors;
    if (fault !== undefined) this.#refuse(fault.pos[0], fault.message);
    const { contents } = this.#document;
    if (contents === null) return given;
    if (!yaml().isMap(contents)) this.#refuse(contents, 'expected options, as in address: ":9090"');
    for (const { key, value } of contents.items as { key: Node; value: Node | null }[]) {
      const [name, option] = this.#option(key, value);
      if (option.name === null) idle.set(`${option.place}: ${name}`, option.why);
      else if (option.texts.length > 0)
        given.set(option.name, { place: `${option.place}: ${name}`, texts: option.texts });
    }
    return given;
  }

  #option(key: Node, value: Node | null): [name: string, option: ReturnType<typeof givenOption>] {
    const name = yaml().isScalar(key) ? key.value : null;
    if (typeof name !== 'string') this.#refuse(key, 'expected the name of an option');
    const option = givenOption(name, this.#place(key));
    option.texts.push(...this.#texts(value, name));
    return [name, option];
  }

  /** The texts of a value: of a scalar one, of a list one each, of nothing none. */
  #texts(node: Node | null, name: string): string[] {
    const { isAlias, isScalar, isSeq } = yaml();
    if (node === null) return [];
    if (isAlias(node)) return this.#texts(node.resolve(this.#document) ?? null, name);
    if (isSeq(node)) return (node.items as Node[]).flatMap((item) => this.#texts(item, name));
    if (isScalar(node)) return node.value === null ? [] : [textOf(node)];
    return this.#refuse(node, `expected the value of ${name}, or a list of values, found a mapping`);
  }

  #place(at: Node | number): string {
    const { line, col } = this.#lines.linePos(typeof at === 'number' ? at : (at.range?.[0] ?? 0));
    return `${this.#path}:${line}:${col}`;
  }

  #refuse(at: Node | number, message: string): never {
    throw new UsageError(`${this.#place(at)}: ${message}`);
  }
}

/** A scalar as it is written, so that 0x10 and 1e3 are refused where a flag would refuse them; quoted, its text. */
function textOf({ type, source, value }: Scalar): string {
  return type === 'PLAIN' && source !== undefined ? source : String(value);
}

/** @throws UsageError when the file cannot be read */
function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`--config-file: ${code === 'ENOENT' ? `there is no file ${path}` : message}`);
  }
}
