import { ProxyError, Response, reasonPhrase } from '../http/index.ts';

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

/** Any thrown value as a ProxyError; what a filter throws is an internal fault. */
export function asProxyError(thrown: unknown): ProxyError {
  if (thrown instanceof ProxyError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ProxyError({ code: 'filter-failed', status: 500, source: 'internal', message, cause: thrown });
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
