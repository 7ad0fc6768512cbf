// Every example of every spec, as the reference shows it, through a real proxy to a real origin.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { RouteDef } from '../grammar/index.ts';
import type { Example } from '../src/plugin/index.ts';
import { builtinRegistry } from '../src/vocabulary/index.ts';
import { ask } from './kit/client.ts';
import { definitions, startTestProxy, type TestProxy } from './kit/proxy.ts';
import { type RecordingOrigin, startRecordingOrigin } from './kit/recording-origin.ts';

const registry = builtinRegistry();
const specs = [...registry.filters, ...registry.predicates];

suite('the examples of the reference', () => {
  let origin: RecordingOrigin;
  let proxy: TestProxy;
  before(async () => {
    origin = await startRecordingOrigin();
    proxy = await startTestProxy('', { registry });
  });
  after(async () => {
    await proxy.close();
    await origin.close();
  });

  for (const spec of specs) {
    test(`${spec.name} has an example`, () => assert.ok(spec.examples.length > 0));
    for (const [index, example] of spec.examples.entries()) {
      test(`${spec.name}: ${example.title ?? `example ${index + 1}`}`, async () => {
        // Also where filters name the origin in their arguments.
        const text = example.route.replaceAll('origin.example', `127.0.0.1:${origin.port}`);
        const { trustedProxies = [] } = example;
        const defs = definitions(text).map((def) => sentTo(def, origin.port));
        proxy.route(defs, { reception: { trustedProxies } });
        origin.reply = example.origin ?? {};
        origin.received.length = 0;
        await run(example, proxy, origin);
      });
    }
  }
});

/** The route with the test's origin in the place of its network backend. */
function sentTo(def: RouteDef, port: number): RouteDef {
  const { backend } = def;
  const url = `http://127.0.0.1:${port}`;
  if (backend.kind === 'network') return { ...def, backend: { ...backend, url } };
  if (backend.kind === 'balanced')
    return { ...def, backend: { ...backend, endpoints: backend.endpoints.map((each) => ({ ...each, url })) } };
  return def;
}

async function run(example: Example, proxy: TestProxy, origin: RecordingOrigin): Promise<void> {
  const { request = {}, response, upstream } = example;
  const answer = await ask({ port: proxy.port, ...request });
  if (response !== undefined) {
    assert.equal(answer.status, response.status ?? 200, 'status');
    assertHeaders(answer.headers, response.headers);
    assertText(answer.body, response.body, 'body');
  }
  if (upstream === null) assert.deepEqual(origin.received, [], 'nothing reaches the origin');
  if (upstream === undefined || upstream === null) return;
  const [received] = origin.received;
  assert.ok(received !== undefined, 'the origin was asked');
  if (upstream.method !== undefined) assert.equal(received.method, upstream.method);
  if (upstream.target !== undefined) assert.equal(received.target, upstream.target);
  assertHeaders(received.headers, upstream.headers);
  assertText(received.body, upstream.body, 'body at the origin');
}

type Headers = NodeJS.Dict<string | string[]>;

function assertHeaders(actual: Headers, expected: Readonly<Record<string, string | RegExp | null>> = {}): void {
  for (const [name, value] of Object.entries(expected)) {
    const found = actual[name.toLowerCase()];
    const text = Array.isArray(found) ? found.join(', ') : found;
    if (value === null) assert.equal(text, undefined, name);
    else assertText(text ?? '(none)', value, name);
  }
}

function assertText(actual: string, expected: string | RegExp | undefined, what: string): void {
  if (typeof expected === 'string') assert.equal(actual, expected, what);
  else if (expected !== undefined) assert.match(actual, expected, what);
}
