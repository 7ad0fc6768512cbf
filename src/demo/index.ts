/**
 * The embedded upstream of `sluice run --demo`: two instances that say what they were asked.
 * May import src/http and src/server.
 * Invariant: it answers from memory and keeps nothing.
 */
import { type Downstream, type Request, Response } from '../http/index.ts';
import { type Listener, listen } from '../server/index.ts';

/** Where the demo routes expect the two instances. */
export const DEMO_PORTS: readonly number[] = [9981, 9982];

/** A running demo upstream; closed by whoever started it. */
export interface DemoUpstream {
  close(): Promise<void>;
}

/** Starts one instance per port on the loopback address. @throws Error when a port is taken. */
export async function startDemoUpstream(ports: readonly number[] = DEMO_PORTS): Promise<DemoUpstream> {
  const listeners: Listener[] = [];
  try {
    for (const port of ports)
      listeners.push(
        await listen((request, downstream) => answer(port, request, downstream), { host: '127.0.0.1', port }),
      );
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close()));
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE') throw error;
    const hint = `the demo upstream wants the ports ${ports.join(' and ')}; does another \`sluice run --demo\` run?`;
    throw Object.assign(new Error(`${message}; ${hint}`), { code });
  }
  return {
    async close() {
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
}

function answer(port: number, request: Request, downstream: Downstream): void {
  const [, first = '', second = ''] = request.path.split('/');
  if (first === 'status' && /^[2-5]\d\d$/.test(second))
    downstream.respond(new Response({ status: Number(second), body: `${second}\n` }));
  else if (first === 'events') downstream.respond(events(port));
  else downstream.respond(echo(port, request));
}

/** Says what arrived, so that the effect of a filter can be seen with curl. */
function echo(port: number, request: Request): Response {
  const seen = {
    instance: port,
    method: request.method,
    path: request.path,
    query: request.query,
    headers: Object.fromEntries(request.headers),
  };
  return new Response({
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: `${JSON.stringify(seen, null, 2)}\n`,
  });
}

/** Five server-sent events, one each half second. */
function events(port: number): Response {
  async function* ticks(): AsyncGenerator<string> {
    for (let count = 1; count <= 5; count++) {
      yield `data: ${count} from ${port}\n\n`;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  return new Response({ status: 200, headers: { 'Content-Type': 'text/event-stream' }, body: ticks() });
}
