import { described, ProxyError, Response } from '../http/index.ts';
import type { UpstreamCall } from '../plugin/index.ts';
import type { Backend } from '../upstream/index.ts';
import { forwardable } from './forwarding.ts';
import type { Pass } from './pass.ts';

/** Asks the backend of the pass's route; the pass is told the response, at once or later. @throws ProxyError */
export function callBackend(pass: Pass): void {
  const { backend } = pass.route;
  switch (backend.kind) {
    case 'upstream':
      callUpstream(pass, backend.backend);
      return;
    case 'shunt':
      // What no request filter answered is not there. Source: Skipper.
      pass.take(new Response({ status: 404 }));
      return;
    case 'loopback':
      pass.exchange.proxy.enter(pass.exchange, pass, pass);
      return;
    case 'dynamic':
      callUpstream(pass, pass.exchange.proxy.upstream.dynamicBackend(dynamicBase(pass)));
      return;
    case 'none':
      throw internalError('no-backend', 500, 'the backend of the route has no URL, and no filter answered');
    case 'forward':
      throw internalError('no-forward-url', 500, 'a <forward> backend without a URL to forward to');
  }
}

function callUpstream(pass: Pass, backend: Backend): void {
  const { exchange, request, asked } = pass;
  if (request.path !== exchange.admittedPath && !request.isPlainPath)
    exchange.proxy.paths.forward(request, exchange.generation);
  const answer = forwardable(request, exchange.proxy.viaName);
  if (answer !== null) {
    pass.take(answer);
    return;
  }
  const { host, preserveHost, timeoutMs, hashKey, viaProxy } = asked;
  checkAsked(asked);
  exchange.calling(pass);
  const call = { request, backend, host, preserveHost, timeoutMs, hashKey, viaProxy };
  exchange.call = exchange.proxy.upstream.send(call, pass);
}

/** What filters asked reaches timers and hashes: a number that is none would do harm there. @throws TypeError */
function checkAsked({ host, timeoutMs, hashKey }: Readonly<UpstreamCall>): void {
  if (timeoutMs !== null && !(typeof timeoutMs === 'number' && timeoutMs >= 0))
    throw new TypeError(`expected ctx.upstream.timeoutMs to be a number of ms or null, found ${described(timeoutMs)}`);
  for (const [name, value] of [['host', host] as const, ['hashKey', hashKey] as const]) {
    if (value !== null && typeof value !== 'string')
      throw new TypeError(`expected ctx.upstream.${name} to be a string or null, found ${described(value)}`);
  }
}

/** The base URL that filters set for a `<dynamic>` backend: never the request's own host, which were an open proxy. */
function dynamicBase(pass: Pass): string {
  const { dynamicUrl, dynamicScheme, dynamicHost } = pass.asked;
  if (dynamicUrl !== null) return dynamicUrl;
  if (dynamicHost !== null) return `${dynamicScheme ?? 'http'}://${dynamicHost}`;
  throw internalError('no-dynamic-url', 502, 'a <dynamic> backend, and no filter said where to send to');
}

function internalError(code: string, status: number, message: string): ProxyError {
  return new ProxyError({ code, status, source: 'internal', message });
}
