import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { type FSWatcher, watch } from 'chokidar';

/** How often the roots themselves are looked at, in ms. */
const ROOT_POLL_MS = 200;

/**
 * Hints that something below some paths may be different. It says neither what nor how: whoever is hinted looks.
 * Watchers hold on to inodes, so that a root which is a link, or is moved away and made anew, is lost to them; therefore
 * the roots, and only they, are polled too.
 */
export class RootWatch {
  readonly #roots: readonly string[];
  readonly #hint: () => void;
  readonly #failed: (message: string) => void;
  #watcher: FSWatcher | null = null;
  #identity = '';
  #pollAll = false;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  /** `failed` is told once when watching does not work; from then on hints come with every poll. */
  constructor(roots: readonly string[], hint: () => void, failed: (message: string) => void) {
    this.#roots = roots;
    this.#hint = hint;
    this.#failed = failed;
  }

  /** Begins; resolves when changes from now on are noticed. */
  async start(): Promise<void> {
    const { identity, places } = await this.#look();
    this.#identity = identity;
    await this.#rewatch(places);
    this.#armPoll();
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#watcher?.close();
  }

  #armPoll(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#poll().finally(() => this.#armPoll()), ROOT_POLL_MS);
    this.#timer.unref();
  }

  async #poll(): Promise<void> {
    const { identity, places } = await this.#look();
    if (this.#closed) return;
    if (identity !== this.#identity) {
      this.#identity = identity;
      await this.#rewatch(places);
      this.#hint();
    } else if (this.#pollAll) this.#hint();
  }

  /** Where the roots lead now; a file that was replaced is still the same root, a directory is not. */
  async #look(): Promise<{ identity: string; places: string[] }> {
    const looked = await Promise.all(
      this.#roots.map(async (root) => {
        try {
          const place = await realpath(root);
          const facts = await stat(place);
          return { place, mark: `${place}\0${facts.isDirectory() ? `${facts.dev}:${facts.ino}` : 'file'}` };
        } catch {
          return { place: path.resolve(root), mark: '' };
        }
      }),
    );
    return { identity: looked.map(({ mark }) => mark).join('\n'), places: looked.map(({ place }) => place) };
  }

  async #rewatch(places: string[]): Promise<void> {
    await this.#watcher?.close();
    if (this.#closed) return;
    const inside = new Set(places);
    const watcher = watch(places, {
      ignoreInitial: true,
      atomic: false,
      persistent: false,
      ignorePermissionErrors: true,
      ignored: (entry) => !inside.has(entry) && isUnwatched(path.basename(entry)),
    });
    this.#watcher = watcher;
    watcher.on('all', () => this.#hint());
    watcher.on('error', (error) => {
      if (this.#pollAll) return;
      this.#pollAll = true;
      this.#failed(`watching failed, polling instead: ${(error as Error).message}`);
    });
    await new Promise<void>((resolve) => {
      watcher.once('ready', resolve);
      watcher.once('error', () => resolve());
    });
  }
}

/** `..data` and its like are watched: their swap is how a Kubernetes volume changes. */
function isUnwatched(entry: string): boolean {
  return entry === 'node_modules' || (entry.startsWith('.') && !entry.startsWith('..'));
}
