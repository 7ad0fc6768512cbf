import type { Duplex } from 'node:stream';
import {
  type Body,
  Deadline,
  type Downstream,
  type DownstreamObserver,
  type HeaderList,
  ProxyError,
  type Request,
  Response,
  threadTimers,
} from '../http/index.ts';
import type { ShadowTarget } from '../plugin/index.ts';
import type { UpstreamObserver } from '../upstream/index.ts';
import { forwardable } from './forwarding.ts';
import type { ReverseProxy } from './reverse-proxy.ts';

/** Sends a copy of a request on its way; see `FilterContext.shadow`. */
export function sendShadow(proxy: ReverseProxy, copy: Request, to: ShadowTarget): Promise<Response> {
  return new Promise((resolve, reject) => {
    if ('label' in to) {
      copy.shadowLabel = to.label;
      proxy.handle(copy, new ShadowDownstream(resolve, reject));
      return;
    }
    if (!copy.isPlainPath) proxy.paths.forward(copy);
    const backend = proxy.upstream.dynamicBackend(to.origin);
    const answer = forwardable(copy, proxy.viaName);
    if (answer !== null) resolve(answer);
    else proxy.upstream.send({ request: copy, backend, ...NOTHING_ASKED }, new ShadowCall(resolve, reject));
  });
}

const NOTHING_ASKED = { host: null, preserveHost: false, timeoutMs: null, hashKey: null, viaProxy: false } as const;

type Resolve = (response: Response) => void;
type Reject = (error: Error) => void;

/** Where the answer to a copy that was routed goes: it is read to its end and thrown away. */
class ShadowDownstream implements Downstream {
  observer: DownstreamObserver | null = null;
  readonly #resolve: Resolve;
  readonly #reject: Reject;

  constructor(resolve: Resolve, reject: Reject) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  respond(response: Response): void {
    drain(response.body, (bytes, error) => {
      this.observer?.finished(bytes, error);
      this.#resolve(response);
    });
  }

  inform(): void {}

  bound(): void {}

  /** A copy never asks for an upgrade. */
  upgrade(response: Response, upstream: Duplex): void {
    upstream.destroy();
    this.respond(new Response({ status: response.status, headers: response.headers }));
  }

  destroy(reason: Error): void {
    this.#reject(reason);
    this.observer?.finished(0, reason);
  }
}

/** Whoever waits for the answer to a copy that went straight to a server. */
class ShadowCall implements UpstreamObserver {
  readonly #resolve: Resolve;
  readonly #reject: Reject;

  constructor(resolve: Resolve, reject: Reject) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  informed(_status: number, _headers: HeaderList): void {}

  responded(response: Response): void {
    drain(response.body, () => this.#resolve(response));
  }

  upgraded(response: Response, socket: Duplex): void {
    socket.destroy();
    this.#resolve(response);
  }

  failed(error: ProxyError): void {
    this.#reject(error);
  }
}

/** Events may stream for ever; nobody reads them. */
const DRAIN_MAX_MS = 30_000;

/** Reads a body to its end, for a while at most; `done` is told how long it was and what cut it short. */
function drain(body: Body | null, done: (bytes: number, error: Error | null) => void): void {
  if (body === null) {
    done(0, null);
    return;
  }
  const source = body.take();
  let bytes = 0;
  const end = (error: Error | null): void => {
    deadline.dispose();
    done(bytes, error);
  };
  const deadline = new Deadline(threadTimers, () => {
    const message = `the answer to a copy is read for ${DRAIN_MAX_MS} ms at most`;
    const reason = new ProxyError({ code: 'copy-unread', status: 499, source: 'downstream', message });
    source.cancel(reason);
    end(reason);
  });
  deadline.set(DRAIN_MAX_MS);
  source.start({
    data(chunk) {
      bytes += chunk.length;
      return true;
    },
    end: () => end(null),
    fail: end,
  });
}
