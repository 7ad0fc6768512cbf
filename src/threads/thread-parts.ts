import type { Registry, RouteRecord } from '../routes/index.ts';
import type { Route, RoutingTable } from '../routing/index.ts';

/** What a data thread consists of, as far as the main thread has a say in it. */
export interface ThreadParts<B> {
  readonly table: RoutingTable<B>;
  /** The names that come with Sluice; drop-ins are added to copies of it. */
  readonly builtins: Registry;
  /** How long a drop-in may take to load, in ms. */
  readonly loadTimeoutMs: number;
  /** How long the loop of the thread may stand still, in ms. */
  readonly stallMs: number;
  /** What makes routes with these names, throwing ProvisionError; asked for once a generation, not for each route. */
  provisioner(registry: Registry): (record: RouteRecord) => Route<B>;
  /** Begins to accept connections on these ports, 0 for any free one; resolves to the ports. */
  listen(ports: readonly number[]): Promise<number[]>;
  /**
   * Accepts no more connections; resolves when none is left, at the latest after `timeoutMs`. Those idle for `idleMs` end
   * unasked, all others behind their next answer.
   */
  drain(timeoutMs: number, idleMs: number): Promise<void>;
  /** The metrics of this thread, as something that can be sent. */
  metrics(): unknown;
  /** Opens the log files of this thread anew; says how many there are. */
  reopenLogs(): number;
}
