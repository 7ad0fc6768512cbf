import type { Duplex } from 'node:stream';
import { EndpointRegistry } from '../../src/balance/index.ts';
import { Body, type BodyInit, HeaderList, type ProxyError, Request, type Response } from '../../src/http/index.ts';
import type { Log } from '../../src/plugin/index.ts';
import {
  type Backend,
  type Call,
  Upstream,
  type UpstreamObserver,
  type UpstreamOptions,
} from '../../src/upstream/index.ts';

/** A call as a test makes it; all but the method has a default. */
export interface TestCall {
  method?: string;
  target?: string;
  /** Flat: name, value, name, value … */
  headers?: string[];
  body?: BodyInit;
  upgrade?: string;
  host?: string;
  preserveHost?: boolean;
  timeoutMs?: number;
  hashKey?: string;
}

/** What became of a call, for tests to wait for. */
export class Outcome implements UpstreamObserver {
  readonly interim: { status: number; headers: string[] }[] = [];
  /** Resolves to the response; rejects with the ProxyError. */
  readonly response: Promise<Response>;
  /** The origin's connection after an upgrade. */
  socket: Duplex | null = null;
  /** How often the observer was told the end: must be 1, or 0 when aborted. */
  endings = 0;
  #resolve!: (response: Response) => void;
  #reject!: (error: ProxyError) => void;

  constructor() {
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.response.catch(() => {});
  }

  informed(status: number, headers: HeaderList): void {
    this.interim.push({ status, headers: headers.raw });
  }

  responded(response: Response): void {
    this.endings++;
    this.#resolve(response);
  }

  upgraded(response: Response, socket: Duplex): void {
    this.socket = socket;
    this.responded(response);
  }

  failed(error: ProxyError): void {
    this.endings++;
    this.#reject(error);
  }

  /** The failure. @throws Error when there is none. */
  async failure(): Promise<ProxyError> {
    const response = await this.response.catch((error: ProxyError) => error);
    if (response instanceof Error) return response;
    throw new Error(`a failure was expected, not ${response.status}`);
  }

  /** Status and text of the response. */
  async text(): Promise<{ status: number; text: string }> {
    const { status, body } = await this.response;
    return { status, text: body === null ? '' : await body.text(1 << 30) };
  }
}

/** An upstream with one backend, for tests; closed by the test. */
export class TestUpstream {
  readonly endpoints = new EndpointRegistry();
  readonly upstream: Upstream;
  readonly backend: Backend;

  /** One URL makes a network backend, several a balanced one. */
  constructor(
    urls: string | readonly string[],
    options: UpstreamOptions = {},
    { algorithm = null, log }: { algorithm?: string | null; log?: Log } = {},
  ) {
    this.upstream = new Upstream(options, this.endpoints, log === undefined ? {} : { log });
    const backend = this.upstream.makeBackend(
      typeof urls === 'string' ? { kind: 'network', url: urls } : { kind: 'balanced', algorithm, endpoints: [...urls] },
      'test',
    );
    if (backend === null) throw new Error('no backend');
    this.backend = backend;
  }

  send(call: TestCall = {}): { outcome: Outcome; call: Call } {
    const { method = 'GET', target = '/', headers = [], body = null, upgrade = null } = call;
    const request = new Request({
      method,
      target,
      host: 'client.example',
      headers: new HeaderList(['Host', 'client.example', ...headers]),
      body: Body.from(body),
      remoteAddress: '192.0.2.1',
      upgrade,
    });
    const outcome = new Outcome();
    const { host = null, preserveHost = null, timeoutMs = null, hashKey = null } = call;
    const asked = { request, backend: this.backend, host, preserveHost, timeoutMs, hashKey, viaProxy: false };
    return { outcome, call: this.upstream.send(asked, outcome) };
  }

  /** Requests in flight over all endpoints. */
  get inFlight(): number {
    return [...this.endpoints.endpoints()].reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.backend.close();
    await this.upstream.close();
  }
}

/** Waits until `condition` holds; the test's own time-out ends a wait in vain. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
