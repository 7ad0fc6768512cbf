import { ADDRCONFIG, type LookupAddress, lookup as lookupAll } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { Log } from '../plugin/index.ts';

/** Asks for all addresses of a name, as node:dns' `lookup` does with `all`. */
export type Lookup = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** As node:net asks: without addresses of a family that this machine does not speak; Windows does not know that wish. */
const HINTS = process.platform === 'win32' ? 0 : ADDRCONFIG;

const systemLookup: Lookup = (hostname, options, callback) =>
  lookupAll(hostname, { ...options, hints: HINTS }, callback);

/** Who connects to a name. */
export interface NameUser {
  /** Number of connections, being opened or open. */
  readonly size: number;
  /** The name has other addresses now; `isGone` says of one whether it was the name's and is no more. */
  moved(isGone: (address: string) => boolean): void;
}

/** How names are looked up. */
export interface NamesInit {
  /** How often names in use are looked up again, in ms. */
  readonly refreshMs: number;
  readonly log: Log;
  /** Default: as the system does (getaddrinfo). */
  readonly lookup?: Lookup | undefined;
  /** How long the others wait for one name. Default 2 s: a resolver may take most of a minute to say that it knows nothing. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 2000;
/** From one name to the next: those of many backends are not asked for in one burst. */
const GAP_MS = 20;

/**
 * The names of the backends of one thread. Those in use are looked up again and again behind the scenes, as nobody tells
 * how long an address holds: getaddrinfo knows no TTL, and a connection under steady traffic would never ask.
 */
export class BackendNames {
  readonly #init: NamesInit;
  readonly #names = new Set<BackendName>();
  #timer: NodeJS.Timeout | null = null;
  #isAtIt = false;

  constructor(init: NamesInit) {
    this.#init = init;
  }

  /** Follows `hostname` for `user`, until `unwatch`. */
  watch(hostname: string, user: NameUser): BackendName {
    const name = new BackendName(hostname, user, this.#init);
    this.#names.add(name);
    this.#timer ??= setInterval(() => void this.refresh(), this.#init.refreshMs).unref();
    return name;
  }

  unwatch(name: BackendName): void {
    this.#names.delete(name);
    if (this.#names.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Looks the names in use up, one after the other; resolves when it is through. Called by the timer. */
  async refresh(): Promise<void> {
    if (this.#isAtIt) return;
    this.#isAtIt = true;
    for (const name of [...this.#names]) {
      await inPatience(name.refresh(), this.#init.patienceMs ?? PATIENCE_MS);
      if (this.#names.size > 1) await pause(GAP_MS);
    }
    this.#isAtIt = false;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref());
}

function inPatience(work: Promise<void>, patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, patienceMs);
    timer.unref();
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** A name of a backend and the addresses that it had when it was looked up last. */
export class BackendName {
  readonly hostname: string;
  readonly #user: NameUser;
  readonly #init: NamesInit;
  readonly #ask: Lookup;
  #addresses: readonly LookupAddress[] | null = null;
  #asking: Promise<void> | null = null;
  #error: NodeJS.ErrnoException | null = null;
  #turn = 0;

  constructor(hostname: string, user: NameUser, init: NamesInit) {
    this.hostname = hostname;
    this.#user = user;
    this.#init = init;
    this.#ask = init.lookup ?? systemLookup;
  }

  /** Whether the address, such as a connection's, is not among the name's. */
  lacks(address: string): boolean {
    return this.#addresses !== null && !this.#addresses.some((known) => known.address === address);
  }

  /** Looks addresses up for node:net, which takes it as its `lookup` option. */
  readonly lookup: LookupFunction = (_hostname, { all }, callback) => {
    const answer = (): void => {
      const addresses = this.#inTurn();
      const [first] = addresses;
      if (first === undefined) callback(this.#error, '');
      else if (all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    };
    if (this.#addresses === null) void this.#lookUp().then(answer);
    else process.nextTick(answer);
  };

  /** Looks the name up again where it is in use, and tells its user of addresses that are gone. Never rejects. */
  async refresh(): Promise<void> {
    if (this.#user.size > 0) await this.#lookUp();
    // Whoever comes after a while asks anew.
    else if (this.#asking === null) this.#addresses = null;
  }

  #lookUp(): Promise<void> {
    this.#asking ??= new Promise((resolve) => {
      this.#ask(this.hostname, { all: true }, (error, addresses) => {
        this.#asking = null;
        if (error !== null || addresses.length === 0) this.#failed(error ?? noAddress(this.hostname));
        else this.#found(addresses);
        resolve();
      });
    });
    return this.#asking;
  }

  /** What was known stays in use: a resolver that is down is no reason to stop. */
  #failed(error: NodeJS.ErrnoException): void {
    const isNews = this.#error === null && this.#addresses !== null;
    this.#error = error;
    if (!isNews) return;
    const facts = { host: this.hostname, code: error.code, addresses: this.#addresses?.map(({ address }) => address) };
    this.#init.log.warn('the name of a backend cannot be looked up; its last addresses stay in use', facts);
  }

  #found(addresses: readonly LookupAddress[]): void {
    const { log } = this.#init;
    const before = this.#addresses ?? [];
    if (this.#error !== null && before.length > 0)
      log.info('the name of a backend can be looked up again', { host: this.hostname });
    this.#error = null;
    this.#addresses = addresses;
    const gone = new Set(before.map(({ address }) => address).filter((address) => this.lacks(address)));
    if (gone.size === 0) return;
    // Names of many addresses answer with some of them each time.
    const level = gone.size === before.length ? 'info' : 'debug';
    const facts = { host: this.hostname, addresses: addresses.map(({ address }) => address), gone: [...gone] };
    log[level]('a backend has moved to other addresses', facts);
    this.#user.moved((address) => gone.has(address));
  }

  /** The addresses, each one of the first family in its turn the first. */
  #inTurn(): LookupAddress[] {
    const addresses = this.#addresses ?? [];
    const preferred = addresses.filter(({ family }) => family === addresses[0]?.family);
    const others = addresses.filter(({ family }) => family !== addresses[0]?.family);
    const from = preferred.length === 0 ? 0 : this.#turn++ % preferred.length;
    return [...preferred.slice(from), ...preferred.slice(0, from), ...others];
  }
}

function noAddress(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' });
}
