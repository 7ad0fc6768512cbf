import type { Log } from '../../plugin/index.ts';
import type { Finding } from '../../routes/index.ts';

/** How often it is said again what is waited for, in ms. */
const REMINDER_MS = 60_000;

/** What becomes of a start while something cannot be loaded. */
export interface FirstLoadOptions {
  readonly log: Log;
  /** Whether clients are served meanwhile, as far as it goes. */
  readonly servesMeanwhile: boolean;
  /** Whether a start is complete however much is broken. */
  readonly allowsBroken: boolean;
}

/**
 * The time until everything that is to be served was good once: each route file, folder and drop-in that is there. From then on a
 * mistake keeps the last good version in use; before, there is none, and a gateway that knows nothing must not look sound.
 */
export class FirstLoad {
  /** Resolves when it is over. */
  readonly complete: Promise<void>;
  readonly #options: FirstLoadOptions;
  #resolve: () => void = () => undefined;
  #isComplete = false;
  #waitingFor: readonly Finding[] = [];
  #told: string | null = null;
  #tells = false;
  #reminder: NodeJS.Timeout | null = null;

  constructor(options: FirstLoadOptions) {
    this.#options = options;
    this.complete = new Promise((resolve) => (this.#resolve = resolve));
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** What is wrong with that of which no version was good yet. */
  get waitingFor(): readonly Finding[] {
    return this.#waitingFor;
  }

  /** Takes what a load left without any good version. */
  loaded(unloaded: readonly Finding[]): void {
    if (this.#isComplete) return;
    this.#waitingFor = this.#options.allowsBroken ? [] : unloaded;
    if (this.#waitingFor.length > 0) this.#tell();
    else this.#end();
  }

  /** Begins to say what is waited for: once, when it changes, and now and then. */
  tell(): void {
    this.#tells = true;
    if (this.#waitingFor.length > 0) this.#tell();
  }

  close(): void {
    if (this.#reminder !== null) clearInterval(this.#reminder);
    this.#reminder = null;
  }

  #end(): void {
    this.#isComplete = true;
    this.close();
    this.#resolve();
  }

  #tell(): void {
    if (!this.#tells) return;
    const files = [...new Set(this.#waitingFor.map(({ place }) => place.file))].join(', ');
    if (files !== this.#told) this.#say(files);
    this.#told = files;
    this.#reminder ??= setInterval(() => this.#say(this.#told ?? ''), REMINDER_MS).unref();
  }

  #say(files: string): void {
    const { log, servesMeanwhile } = this.#options;
    log.warn(`${servesMeanwhile ? 'not ready' : 'not serving'} until these were good once; they are watched`, {
      files,
    });
    log.warn(
      'the option --on-invalid route leaves out single routes with errors, --allow-broken-start serves what there is',
    );
  }
}
