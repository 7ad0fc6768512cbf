import { mkdir, mkdtemp, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of files for one test, below the system's temporary one; removed when disposed of. */
export class Folder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes a folder with these files; folders in between are made too. */
  static async make(files: Readonly<Record<string, string>> = {}): Promise<Folder> {
    const folder = new Folder(await mkdtemp(join(tmpdir(), 'sluice-test-')));
    for (const [name, text] of Object.entries(files)) await folder.write(name, text);
    return folder;
  }

  /** The path of a file in it. */
  at(...names: string[]): string {
    return join(this.path, ...names);
  }

  async write(name: string, text: string): Promise<void> {
    await mkdir(dirname(this.at(name)), { recursive: true });
    await writeFile(this.at(name), text);
  }

  /** Writes beside the file and renames over it, as careful editors do. */
  async replace(name: string, text: string): Promise<void> {
    await writeFile(this.at(`${name}~`), text);
    await rename(this.at(`${name}~`), this.at(name));
  }

  /** Makes `name` a link to `target`, in one step also where there is one already. */
  async link(name: string, target: string): Promise<void> {
    await mkdir(dirname(this.at(name)), { recursive: true });
    await symlink(target, this.at(`${name}~`));
    await rename(this.at(`${name}~`), this.at(name));
  }

  async remove(name: string): Promise<void> {
    await unlink(this.at(name));
  }

  read(name: string): Promise<string> {
    return readFile(this.at(name), 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
