import { type Log, NO_LOG, type TimerWheel, threadTimers } from '../plugin/index.ts';
import { type EndpointEnv, EndpointTally, LiveEndpoint } from './live-endpoint.ts';

/** How one endpoint fares, or several that share a line. */
export interface EndpointFacts {
  /** The endpoint's origin, or what several share: "_dynamic_", "_other_". */
  readonly label: string;
  readonly tally: EndpointTally;
  readonly inFlight: number;
  /** Number of them whose last call got no answer. */
  readonly failing: number;
}

/** How a registry is made; all has a default. */
export interface EndpointRegistryInit {
  /** Told when endpoints begin to fail, and work again. Default: nobody. */
  readonly log?: Log;
  readonly timers?: TimerWheel;
}

interface Entry {
  readonly endpoint: LiveEndpoint;
  /** Backends that use it; of these, by routes that name it. */
  references: number;
  names: number;
  wasNamed: boolean;
}

/** Endpoints with a line of their own in metrics; beyond, they share one, so that a table of many costs no more. */
const MAX_LABELS = 1000;
const OTHER = '_other_';
/** Requests say where `<dynamic>` backends are: they shall not make labels. */
const DYNAMIC = '_dynamic_';

/**
 * The endpoints of one thread, one object per origin however many routes name it. Outlives table generations: an origin
 * that stays in use over a reload keeps its counters.
 */
export class EndpointRegistry {
  readonly #entries = new Map<string, Entry>();
  readonly #env: EndpointEnv;
  /** What became of calls to `<dynamic>` backends that are forgotten: a counter never goes back. */
  readonly #past = new EndpointTally();

  constructor({ log = NO_LOG, timers = threadTimers }: EndpointRegistryInit = {}) {
    this.#env = { log, timers };
  }

  /** Number of origins in use. */
  get size(): number {
    return this.#entries.size;
  }

  /** The endpoint of `origin`, such as "http://a:8080", held until `release`; `isNamed`: for a route that names it. */
  retain(origin: string, isNamed = true): LiveEndpoint {
    let entry = this.#entries.get(origin);
    if (entry === undefined) {
      entry = { endpoint: new LiveEndpoint(origin, this.#env), references: 0, names: 0, wasNamed: false };
      this.#entries.set(origin, entry);
    }
    entry.references++;
    if (isNamed) this.#name(entry, 1);
    return entry.endpoint;
  }

  /** Gives back what one `retain` gave; the last one makes the registry forget the endpoint. */
  release(endpoint: LiveEndpoint, isNamed = true): void {
    const entry = this.#entries.get(endpoint.origin);
    if (entry?.endpoint !== endpoint) return;
    if (isNamed) this.#name(entry, -1);
    if (--entry.references > 0) return;
    this.#entries.delete(endpoint.origin);
    endpoint.dispose();
    if (!entry.wasNamed) this.#past.add(endpoint.tally);
  }

  /** The endpoints in use. */
  endpoints(): IterableIterator<LiveEndpoint> {
    return this.#entries.values().map(({ endpoint }) => endpoint);
  }

  /** How they fare, for metrics: one line for each that routes name, up to a bound. */
  facts(): EndpointFacts[] {
    const lines: EndpointFacts[] = [];
    const shared = new Map<string, Shared>();
    for (const { endpoint, wasNamed } of this.#entries.values()) {
      const { origin, tally, inFlight, isFailing } = endpoint;
      if (wasNamed && lines.length < MAX_LABELS)
        lines.push({ label: origin, tally, inFlight, failing: Number(isFailing) });
      else sharedLine(shared, wasNamed ? OTHER : DYNAMIC).add(endpoint);
    }
    if (this.#past.connects > 0 || this.#past.failures.size > 0) sharedLine(shared, DYNAMIC).tally.add(this.#past);
    return [...lines, ...shared.values()];
  }

  #name(entry: Entry, by: number): void {
    entry.names += by;
    entry.endpoint.isNamed = entry.names > 0;
    entry.wasNamed ||= entry.names > 0;
  }
}

class Shared implements EndpointFacts {
  readonly label: string;
  readonly tally = new EndpointTally();
  inFlight = 0;
  failing = 0;

  constructor(label: string) {
    this.label = label;
  }

  add({ tally, inFlight, isFailing }: LiveEndpoint): void {
    this.tally.add(tally);
    this.inFlight += inFlight;
    if (isFailing) this.failing++;
  }
}

function sharedLine(lines: Map<string, Shared>, label: string): Shared {
  let line = lines.get(label);
  if (line === undefined) lines.set(label, (line = new Shared(label)));
  return line;
}
