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

/**
 * Reads the URL of a backend. Path and query do not count, as in Skipper.
 * @throws BackendError unless it is an http or https URL without credentials.
 */
export function parseOrigin(text: string): Origin {
  const url = parseUrl(text);
  return {
    url: `${url.protocol}//${url.host}`,
    isTls: url.protocol === 'https:',
    authority: url.host,
    hostname: url.hostname,
  };
}

/**
 * Reads the URL of an endpoint with its attributes: `?weight=3`. Others, such as `?zone=x`, mean nothing here.
 * @throws BackendError as `parseOrigin`, and when the weight is no positive number.
 */
export function parseEndpoint(text: string): WeightedOrigin {
  const weightText = parseUrl(text).searchParams.get('weight');
  const weight = weightText === null ? 1 : Number(weightText);
  if (!(weight > 0 && weight <= MAX_WEIGHT)) {
    throw new BackendError(`${text}: the weight must be a number above 0, up to ${MAX_WEIGHT}`);
  }
  return { origin: parseOrigin(text), weight };
}

const MAX_WEIGHT = 1000;

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null)
    throw new BackendError(`${JSON.stringify(text)} is no URL; expected one such as "http://host:8080"`);
  const { protocol } = url;
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new BackendError(`${text}: the scheme ${protocol.slice(0, -1)} is not supported; expected http or https`);
  }
  if (url.username !== '' || url.password !== '')
    throw new BackendError(`${url.host}: credentials in a backend URL are not sent`);
  return url;
}
