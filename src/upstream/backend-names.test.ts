import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { describe, test } from 'node:test';
import { TestUpstream, until } from '../../test/kit/calls.ts';
import { answering, Origin } from '../../test/kit/origin.ts';
import type { Log } from '../plugin/index.ts';
import { BackendNames, type Lookup } from './backend-names.ts';

const OLD = '127.0.0.1';
const NEW = '127.0.0.2';

function says(text: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
}

/** A resolver that says what it is told, and counts who asks. */
class Resolver {
  /** Null: it fails. */
  addresses: readonly string[] | null = [OLD];
  asked = 0;
  readonly lookup: Lookup = (_hostname, _options, callback) => {
    this.asked++;
    const { addresses } = this;
    setImmediate(() => {
      if (addresses === null) callback(Object.assign(new Error('down'), { code: 'EAI_AGAIN' }), []);
      else
        callback(
          null,
          addresses.map((address): LookupAddress => ({ address, family: 4 })),
        );
    });
  };
}

/** A log that keeps what it is told: level and message. */
class Kept implements Log {
  readonly lines: string[] = [];
  debug = (message: string): void => void this.lines.push(`debug ${message}`);
  info = (message: string): void => void this.lines.push(`info ${message}`);
  warn = (message: string): void => void this.lines.push(`warn ${message}`);
  error = (message: string): void => void this.lines.push(`error ${message}`);
}

/** Two origins on one port of two addresses, each of which says which one it is. */
async function twoOrigins(): Promise<{ before: Origin; after: Origin; port: number }> {
  const before = await Origin.start(answering(says('old')));
  const after = await Origin.start(answering(says('new')), undefined, { host: NEW, port: before.port });
  return { before, after, port: before.port };
}

const OFTEN = { dnsRefreshMs: 5 };

describe('the name of a backend', () => {
  test('is followed to its new address under steady traffic on kept connections', async () => {
    const { before, after, port } = await twoOrigins();
    const resolver = new Resolver();
    const log = new Kept();
    await using client = new TestUpstream(
      `http://backend.example:${port}`,
      { ...OFTEN, lookup: resolver.lookup },
      { log },
    );
    const said = async (): Promise<string> => (await client.send().outcome.text()).text;
    for (let turn = 0; turn < 5; turn++) assert.equal(await said(), 'old');
    resolver.addresses = [NEW];
    let answer = 'old';
    while (answer === 'old') answer = await said();
    assert.equal(answer, 'new');
    for (let turn = 0; turn < 5; turn++) assert.equal(await said(), 'new');
    await until(() => before.connections.every(({ socket }) => socket.readableEnded));
    assert.deepEqual([before.connections.length, after.connections.length], [1, 1]);
    assert.deepEqual(log.lines, ['info a backend has moved to other addresses']);
    await before.close();
    await after.close();
  });

  test('may move while answers are under way: they go on, and their connections are not used again', async () => {
    let go = (): void => {};
    const gone = new Promise<void>((resolve) => {
      go = resolve;
    });
    const before = await Origin.start(async (c) => {
      await c.head();
      c.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nfir');
      await gone;
      c.write('st!');
    });
    const after = await Origin.start(answering(says('new')), undefined, { host: NEW, port: before.port });
    const resolver = new Resolver();
    const options = { ...OFTEN, lookup: resolver.lookup };
    await using client = new TestUpstream(`http://backend.example:${before.port}`, options);
    const { body } = await client.send().outcome.response;
    resolver.addresses = [NEW];
    const asked = resolver.asked;
    await until(() => resolver.asked > asked + 1);
    go();
    assert.equal(await body?.text(10), 'first!');
    assert.equal((await client.send().outcome.text()).text, 'new');
    await until(() => before.connections[0]?.socket.readableEnded === true);
    await before.close();
    await after.close();
  });

  test('keeps its last addresses while nobody can look it up, which is told once', async () => {
    await using origin = await Origin.start(answering(says('ok')));
    const resolver = new Resolver();
    const log = new Kept();
    const options = { ...OFTEN, lookup: resolver.lookup };
    await using client = new TestUpstream(`http://backend.example:${origin.port}`, options, { log });
    assert.equal((await client.send().outcome.text()).text, 'ok');
    resolver.addresses = null;
    const asked = resolver.asked;
    await until(() => resolver.asked > asked + 3);
    // Connections of their own, too, for which it is not asked.
    const calls = [client.send(), client.send()];
    for (const { outcome } of calls) assert.equal((await outcome.text()).text, 'ok');
    assert.deepEqual(log.lines, ['warn the name of a backend cannot be looked up; its last addresses stay in use']);
    resolver.addresses = [OLD];
    await until(() => log.lines.length === 2);
    assert.equal(log.lines[1], 'info the name of a backend can be looked up again');
    assert.equal(origin.connections.length, 2);
  });

  test('that has no address at first is a 502, and asked for again by whoever comes', async () => {
    await using origin = await Origin.start(answering(says('ok')));
    const resolver = new Resolver();
    resolver.addresses = null;
    await using client = new TestUpstream(`http://backend.example:${origin.port}`, { lookup: resolver.lookup });
    assert.equal((await client.send().outcome.failure()).code, 'upstream-dns');
    resolver.addresses = [];
    assert.equal((await client.send().outcome.failure()).code, 'upstream-dns');
    resolver.addresses = [OLD];
    assert.equal((await client.send().outcome.text()).text, 'ok');
    assert.equal(resolver.asked, 3);
  });

  test('with several addresses: new connections take them in turn', async () => {
    const { before, after, port } = await twoOrigins();
    const resolver = new Resolver();
    resolver.addresses = [OLD, NEW];
    await using client = new TestUpstream(`http://backend.example:${port}`, { lookup: resolver.lookup });
    const calls = Array.from({ length: 6 }, () => client.send());
    for (const { outcome } of calls) await outcome.text();
    assert.deepEqual([before.connections.length, after.connections.length], [3, 3]);
    assert.equal(resolver.asked, 1, 'asked once for all');
    await before.close();
    await after.close();
  });

  test('is looked up for each new connection where it is not to be followed', async () => {
    await using origin = await Origin.start(async (c) => {
      await c.head();
      c.end(says('ok'));
    });
    const options = { dnsRefreshMs: 0 };
    await using client = new TestUpstream(`http://localhost:${origin.port}`, options);
    for (let turn = 0; turn < 2; turn++) assert.equal((await client.send().outcome.text()).text, 'ok');
  });
});

test('a name that is in use nowhere is not looked up, and forgotten', async () => {
  const resolver = new Resolver();
  const names = new BackendNames({ refreshMs: 3_600_000, lookup: resolver.lookup, log: new Kept() });
  const user = { size: 0, moved: () => {} };
  const name = names.watch('backend.example', user);
  const connect = (): Promise<unknown> =>
    new Promise((resolve) => name.lookup('backend.example', { all: true }, resolve));
  await connect();
  user.size = 1;
  await connect();
  assert.equal(resolver.asked, 1);
  await names.refresh();
  assert.equal(resolver.asked, 2);
  user.size = 0;
  await names.refresh();
  await names.refresh();
  assert.equal(resolver.asked, 2);
  await connect();
  assert.equal(resolver.asked, 3);
  names.unwatch(name);
});

test('a name for which there is no answer does not hold the others up', async () => {
  const resolver = new Resolver();
  const lookup: Lookup = (hostname, options, callback) => {
    if (hostname !== 'silent.example') resolver.lookup(hostname, options, callback);
  };
  const names = new BackendNames({ refreshMs: 3_600_000, lookup, log: new Kept(), patienceMs: 1 });
  const user = { size: 1, moved: () => {} };
  // A gateway has sockets; its timers alone keep no process alive.
  const alive = setInterval(() => {}, 1000);
  const watched = ['silent.example', 'backend.example'].map((hostname) => names.watch(hostname, user));
  for (let turn = 1; turn <= 3; turn++) {
    await names.refresh();
    await until(() => resolver.asked === turn);
  }
  for (const name of watched) names.unwatch(name);
  clearInterval(alive);
});
