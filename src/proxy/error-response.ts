import { type Body, BodyTooLargeError, errorOf, ProxyError, Response, reasonPhrase } from '../http/index.ts';
import { tooLarge } from './lost-content.ts';

/**
 * The response that stands for a failure: status text and, where the failure is logged, the id of its log line; or what
 * the client is told of it.
 */
export function errorResponse(error: ProxyError, id: string | null): Response {
  const response = plainResponse(error.status, id);
  if (error.told !== null) response.body = `${reasonPhrase(error.status)}: ${error.told}\n`;
  return response;
}

/** A response of the proxy's own without content of interest: the status text as plain text. */
export function plainResponse(status: number, id: string | null = null): Response {
  const reason = reasonPhrase(status) || String(status);
  return new Response({
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
    body: id === null ? `${reason}\n` : `${reason} (${id})\n`,
  });
}

/** What is known of where something was thrown. */
export interface ThrownIn {
  /** The filter whose hook threw; null: none did. */
  readonly filter: string | null;
  /** The content of the request, then and now. */
  readonly requestBodies: readonly (Body | null)[];
}

/** Any thrown value as a ProxyError; what a filter throws is an internal fault. Never throws. */
export function asProxyError(thrown: unknown, { filter, requestBodies }: ThrownIn): ProxyError {
  const error = errorOf(thrown);
  if (error instanceof ProxyError) return sound(error);
  if (error instanceof BodyTooLargeError)
    return tooLarge(error, filter, requestBodies.includes(error.body) ? 'request' : 'response');
  return new ProxyError({
    code: 'filter-failed',
    status: 500,
    source: 'internal',
    message: error.message,
    cause: error,
    filter,
  });
}

/** A filter may throw a ProxyError of its own make, whose status is none. */
function sound(error: ProxyError): ProxyError {
  const { status, code, message, source } = error;
  if (Number.isInteger(status) && status >= 400 && status <= 599) return error;
  return new ProxyError({ code: String(code), status: 500, source, message, cause: error });
}

/** The failure that a client causes by leaving before its answer. */
export function clientGone(reason: Error): ProxyError {
  return new ProxyError({
    code: 'client-gone',
    status: 499,
    source: 'downstream',
    message: reason.message,
    cause: reason,
  });
}
