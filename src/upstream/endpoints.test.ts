import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestUpstream } from '../../test/kit/calls.ts';
import { answering, freePort, Origin } from '../../test/kit/origin.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Per endpoint: its label, connections opened, failures by code, and whether its last call failed. */
function facts(client: TestUpstream): unknown[][] {
  return client.endpoints
    .facts()
    .map(({ label, tally, inFlight, failing }) => [
      label,
      tally.connects,
      Object.fromEntries(tally.failures),
      inFlight,
      failing,
    ]);
}

test('a dead endpoint is known though another one answers', async () => {
  await using origin = await Origin.start(answering(OK));
  const dead = `http://127.0.0.1:${await freePort()}`;
  await using client = new TestUpstream([dead, origin.url]);
  for (let call = 0; call < 6; call++) assert.equal((await client.send({ method: 'POST' }).outcome.text()).text, 'ok');
  const [first, second] = facts(client);
  assert.deepEqual(first, [dead, 0, { 'upstream-refused': 3 }, 0, 1]);
  assert.deepEqual(second?.toSpliced(1, 1), [origin.url, {}, 0, 0]);
});

test('what an endpoint does wrong is counted by its kind', async () => {
  let deed = 0;
  const deeds = ['nonsense\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab', OK];
  await using origin = await Origin.start(async (c) => {
    await c.head();
    c.end(deeds[deed++]);
  });
  await using client = new TestUpstream(origin.url);
  assert.equal((await client.send().outcome.failure()).code, 'upstream-protocol');
  assert.deepEqual(facts(client), [[origin.url, 1, { 'upstream-protocol': 1 }, 0, 1]]);
  const { body } = await client.send().outcome.response;
  await assert.rejects(body?.text(9) as Promise<string>);
  await client.send().outcome.text();
  assert.deepEqual(facts(client), [[origin.url, 3, { 'upstream-protocol': 1, 'upstream-closed': 1 }, 0, 0]]);
});

test('an endpoint that does not answer in time fails; one whose client leaves does not', async () => {
  await using origin = await Origin.start(async (c) => void (await c.head()));
  await using client = new TestUpstream(origin.url);
  await client.send({ timeoutMs: 30 }).outcome.failure();
  client.send().call.abort(new Error('gone'));
  assert.deepEqual(facts(client), [[origin.url, 1, { 'upstream-timeout': 1 }, 0, 1]]);
});
