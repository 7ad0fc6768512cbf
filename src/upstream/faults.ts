import { OUT_OF_DESCRIPTORS, ProxyError } from '../http/index.ts';

/** One line of the table: the stable code, the status, and whether the connection was lost rather than misused. */
interface Fault {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  /** The peer went away: after a kept-alive pause that may have nothing to do with the request. */
  readonly isLoss?: boolean;
  readonly isInternal?: boolean;
}

const REFUSED: Fault = { code: 'upstream-refused', status: 502, message: 'the connection was refused' };
const UNREACHABLE: Fault = { code: 'upstream-unreachable', status: 502, message: 'there is no way to the host' };
const DNS: Fault = { code: 'upstream-dns', status: 502, message: 'the host name could not be resolved' };
const RESET: Fault = { code: 'upstream-reset', status: 502, message: 'the connection was lost', isLoss: true };
const CLOSED: Fault = {
  code: 'upstream-closed',
  status: 502,
  message: 'the connection was closed early',
  isLoss: true,
};
const CONNECT_TIMEOUT: Fault = { code: 'upstream-connect-timeout', status: 504, message: 'connecting took too long' };
const TLS: Fault = { code: 'upstream-tls', status: 502, message: 'the TLS connection failed' };
/** Ours, not the backend's: descriptors or memory of this machine have run out. */
const EXHAUSTED: Fault = {
  code: 'no-resources',
  status: 503,
  message: 'no connection could be opened here',
  isInternal: true,
};
const OTHER: Fault = { code: 'upstream-failed', status: 502, message: 'the upstream call failed' };

/** The codes of our own errors. */
const CLOSED_EARLY = 'CLOSED_EARLY';

/** What error codes, Node's and ours, mean. Source: architecture §6. */
const FAULTS: Readonly<Record<string, Fault>> = {
  ECONNREFUSED: REFUSED,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  EADDRNOTAVAIL: UNREACHABLE,
  EACCES: UNREACHABLE,
  ENOTFOUND: DNS,
  EAI_AGAIN: DNS,
  EAI_FAIL: DNS,
  ECONNRESET: RESET,
  ECONNABORTED: RESET,
  EPIPE: RESET,
  ETIMEDOUT: CONNECT_TIMEOUT,
  [CLOSED_EARLY]: CLOSED,
  WRONG_LENGTH: {
    code: 'request-length',
    status: 400,
    message: 'the content is not as long as Content-Length says',
  },
  EPROTO: TLS,
  EMFILE: EXHAUSTED,
  ENFILE: EXHAUSTED,
  ENOBUFS: EXHAUSTED,
  ENOMEM: EXHAUSTED,
};

function faultOf(error: Error): Fault {
  const { code } = error as NodeJS.ErrnoException;
  // Of several addresses that were tried in turn, one that did not answer is what took so long.
  if (error instanceof AggregateError && error.errors.some(isTimeout)) return CONNECT_TIMEOUT;
  if (code === undefined) return OTHER;
  const known = FAULTS[code];
  if (known !== undefined) return known;
  // Failed verifications have OpenSSL's own names, such as CERT_HAS_EXPIRED.
  if (/TLS|SSL|CERT|SIGNATURE|VERIFY/.test(code)) return TLS;
  return OTHER;
}

function isTimeout(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ETIMEDOUT';
}

/** The ProxyError for what a connection failed with. */
export function upstreamError(error: Error, origin: string): ProxyError {
  if (error instanceof ProxyError) return error;
  const fault = faultOf(error);
  return new ProxyError({
    code: fault.code,
    status: fault.status,
    source: fault.isInternal === true ? 'internal' : 'upstream',
    message: `${origin}: ${fault.message} (${error.message})`,
    cause: error,
  });
}

/** A connection is not opened that would take one of the last file descriptors. */
export function noDescriptors(): ProxyError {
  const message = 'there are too few file descriptors to open a connection';
  return new ProxyError({ code: OUT_OF_DESCRIPTORS, status: 503, source: 'internal', message });
}

/** The origin said what HTTP/1.1 does not let it say. */
export function protocolError(message: string): ProxyError {
  return new ProxyError({ code: 'upstream-protocol', status: 502, source: 'upstream', message });
}

/** The request's own content broke off: its sender's doing. */
export function uploadError(error: Error): ProxyError {
  if (error instanceof ProxyError) return error;
  const message = `the request broke off (${error.message})`;
  return new ProxyError({ code: 'client-gone', status: 499, source: 'downstream', message, cause: error });
}

/** The origin closed the connection before a response was complete. */
export function closedEarly(): Error {
  return Object.assign(new Error('other side closed'), { code: CLOSED_EARLY });
}

/** The connection was not open in time. */
export function connectTimedOut(timeoutMs: number): Error {
  return Object.assign(new Error(`not open after ${timeoutMs} ms`), { code: 'ETIMEDOUT' });
}

/** The request holds what no line of a message can. */
export function unsendable(): ProxyError {
  const message = 'the request cannot be sent as it is';
  return new ProxyError({ code: 'request-invalid', status: 500, source: 'internal', message });
}

/** Says whether the peer went away without a word: on a connection kept alive, perhaps before it saw the request. */
export function isConnectionLoss(error: Error): boolean {
  return faultOf(error).isLoss === true;
}

/** The origin did not answer, or did not go on, in time. */
export function timeoutError(origin: string, what: string): ProxyError {
  return new ProxyError({ code: 'upstream-timeout', status: 504, source: 'upstream', message: `${origin}: ${what}` });
}

/** There is nowhere to send the request to. */
export function noEndpointError(routeId: string): ProxyError {
  return new ProxyError({
    code: 'no-endpoint',
    status: 503,
    source: 'upstream',
    message: `route ${routeId}: no endpoint is available`,
  });
}
