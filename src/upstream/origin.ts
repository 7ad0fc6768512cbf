import { type Address, readAddress } from '../plugin/index.ts';

/** Where connections go: what counts of a backend's URL. */
export interface Origin {
  /** Scheme and authority without a default port, such as "http://a:8080". */
  readonly url: string;
  readonly isTls: boolean;
  /** The Host header of requests to it: host and, unless it is the default one, port. */
  readonly authority: string;
  /** Host name or address, IPv6 in brackets. */
  readonly hostname: string;
}

/** An origin as one route names it, with the attributes of that route. */
export interface WeightedOrigin {
  readonly origin: Origin;
  readonly weight: number;
}

/** Thrown for a backend that cannot be made; the message says what is wrong with which part. */
export class BackendError extends Error {
  /** Which endpoint of a balanced backend is at fault; -1 for the backend as a whole. */
  readonly endpointIndex: number;
  constructor(message: string, endpointIndex = -1) {
    super(message);
    this.name = 'BackendError';
    this.endpointIndex = endpointIndex;
  }
}

/** Where the address of a backend leads to. @throws BackendError unless it is one that `readAddress` takes. */
export function parseOrigin(text: string): Origin {
  return parseEndpoint(text).origin;
}

/** An endpoint's address with its attributes. @throws BackendError as `parseOrigin` does. */
export function parseEndpoint(text: string): WeightedOrigin {
  const { origin, scheme, authority, hostname, weight } = addressOf(text);
  return { origin: { url: origin, isTls: scheme === 'https', authority, hostname }, weight };
}

function addressOf(text: string): Address {
  try {
    return readAddress(text);
  } catch (error) {
    throw new BackendError((error as Error).message);
  }
}
