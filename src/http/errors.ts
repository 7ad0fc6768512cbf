import { errorOf } from './thrown.ts';

/** Whose fault a failure is. */
export type FaultSource = 'downstream' | 'upstream' | 'internal';

/** What is known of a failure. */
export interface ProxyErrorInit {
  /** Stable word for logs and metrics, such as "upstream-refused". */
  code: string;
  /** The status the client gets. */
  status: number;
  source: FaultSource;
  message?: string;
  /** What the client is told of it besides the status; default: nothing. */
  told?: string;
  cause?: unknown;
  /** The filter at fault, where it is one's. */
  filter?: string | null;
}

/** A failure while serving a request: type × source × cause. It becomes an error response. */
export class ProxyError extends Error {
  readonly code: string;
  readonly status: number;
  readonly source: FaultSource;
  /** What the client is told of it besides the status, or null. */
  readonly told: string | null;
  readonly filter: string | null;

  constructor(init: ProxyErrorInit) {
    super(init.message ?? init.code, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = 'ProxyError';
    this.code = init.code;
    this.status = init.status;
    this.source = init.source;
    this.told = init.told ?? null;
    this.filter = init.filter ?? null;
  }
}

/** The code of what is refused for want of file descriptors: told once for all, not request by request. */
export const OUT_OF_DESCRIPTORS = 'out-of-descriptors';

/** What broke content that a filter makes or changes: a failure of the filter's own, and not of who sent the message. */
export function contentFault(thrown: unknown): ProxyError {
  const cause = errorOf(thrown);
  if (cause instanceof ProxyError) return cause;
  return new ProxyError({ code: 'filter-failed', status: 500, source: 'internal', message: cause.message, cause });
}
