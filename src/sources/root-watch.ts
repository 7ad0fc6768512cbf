import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { Patrol } from './patrol.ts';

/** How often the roots themselves are looked at, in ms. */
const ROOT_POLL_MS = 200;

/** What a watch tells. */
export interface RootWatchEvents {
  /** Something may be different. */
  hint(): void;
  /** Why watching does not work now; null when it works again. */
  trouble(message: string | null): void;
}

/**
 * Hints that something below some paths may be different. It says neither what nor how: whoever is hinted looks, and says
 * with `looked` what that cost and which folders there are.
 *
 * Watchers hold on to inodes, so that a root which is a link, or is moved away and made anew, is lost to them, as is a file
 * that becomes a folder; and events get lost where many come at once, or where others write to a network file system. Therefore
 * the roots are polled, the watcher begins anew when the folders are others, and a patrol looks at everything now and then.
 */
export class RootWatch {
  readonly #roots: readonly string[];
  readonly #events: RootWatchEvents;
  readonly #patrol: Patrol;
  #watcher: FSWatcher | null = null;
  #identity = '';
  #places: string[] = [];
  #folders: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #rewatching: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(roots: readonly string[], events: RootWatchEvents) {
    this.#roots = roots;
    this.#events = events;
    this.#patrol = new Patrol({ look: () => events.hint(), rewatch: () => this.#rewatch() });
  }

  /** Begins; resolves when changes from now on are noticed. */
  async start(): Promise<void> {
    const { identity, places } = await this.#look();
    this.#identity = identity;
    this.#places = places;
    await this.#rewatch();
    this.#armPoll();
  }

  /** Takes what the last look cost, in ms of a core, and which folders it saw, in any form that differs when they do. */
  looked(costMs: number, folders: string): void {
    if (this.#folders !== null && this.#folders !== folders) void this.#rewatch().then(() => this.#events.hint());
    this.#folders = folders;
    this.#patrol.looked(costMs);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#patrol.close();
    await this.#rewatching;
    await this.#watcher?.close();
  }

  #armPoll(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#poll().finally(() => this.#armPoll()), ROOT_POLL_MS);
    this.#timer.unref();
  }

  async #poll(): Promise<void> {
    const { identity, places } = await this.#look();
    if (this.#closed || identity === this.#identity) return;
    this.#identity = identity;
    this.#places = places;
    await this.#rewatch();
    this.#events.hint();
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

  /** Begins to watch anew, one at a time; resolves when changes from now on are noticed, or it is known that they are not. */
  #rewatch(): Promise<void> {
    this.#rewatching = this.#rewatching.then(() => this.#watchAnew());
    return this.#rewatching;
  }

  async #watchAnew(): Promise<void> {
    await this.#watcher?.close();
    if (this.#closed) return;
    const places = this.#places;
    const inside = new Set(places);
    const watcher = watch(places, {
      ignoreInitial: true,
      atomic: false,
      persistent: false,
      ignorePermissionErrors: true,
      ignored: (entry) => !inside.has(entry) && isUnwatched(path.basename(entry)),
    });
    this.#watcher = watcher;
    watcher.on('all', () => this.#events.hint());
    let failed = false;
    await new Promise<void>((resolve) => {
      watcher.once('ready', resolve);
      watcher.on('error', (error) => {
        if (!isOfWatching(error as NodeJS.ErrnoException)) return;
        failed = true;
        this.#trouble((error as Error).message);
        resolve();
      });
    });
    if (!failed && this.#patrol.works()) this.#events.trouble(null);
  }

  #trouble(message: string): void {
    if (this.#patrol.failed()) this.#events.trouble(`watching failed, looking now and then instead: ${message}`);
  }
}

/** A link that leads in circles, or what may not be read, concerns that entry, and whoever looks finds it too. */
function isOfWatching({ code }: NodeJS.ErrnoException): boolean {
  return !['ELOOP', 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(code ?? '');
}

/** `..data` and its like are watched: their swap is how a Kubernetes volume changes. */
function isUnwatched(entry: string): boolean {
  return entry === 'node_modules' || (entry.startsWith('.') && !entry.startsWith('..'));
}
