import assert from 'node:assert/strict';
import { type Answer, readAnswers } from '../../kit/answers.ts';
import { Origin } from '../../kit/origin.ts';
import { startTestProxy, type TestProxy } from '../../kit/proxy.ts';
import { Client } from '../../wire/kit.ts';
import { split } from '../mutate.ts';
import { Random } from '../random.ts';
import { generate, type Play } from '../responses/generate.ts';
import { isOddButClear } from '../responses/odd-but-clear.ts';
import { arrival, readByLlhttp, type Seen, Stage } from '../responses/outcome.ts';
import { passedOn } from '../responses/passed-on.ts';
import type { Tally } from '../tally.ts';

const PROBE = 'the answer to the probe';

/** A whole gateway in front of an origin that sends what fuzzing made up; shared by all seeds of a run. */
export class Gateway {
  readonly stage: Stage;
  readonly proxy: TestProxy;
  readonly #origin: Origin;

  private constructor(stage: Stage, origin: Origin, proxy: TestProxy) {
    this.stage = stage;
    this.#origin = origin;
    this.proxy = proxy;
  }

  static async start(): Promise<Gateway> {
    const stage = new Stage();
    const origin = await Origin.start(stage.script);
    const routes = `probe: Path("/probe") -> inlineContent("${PROBE}") -> <shunt>; play: * -> "${origin.url}"`;
    return new Gateway(stage, origin, await startTestProxy(routes));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy.close();
    await this.#origin.close();
  }
}

/**
 * Checks one seed: whatever an origin sends, the client gets what llhttp reads there, or a 502, or a cut connection; and a
 * request pipelined behind it gets its own answer, or the connection ends.
 * @throws AssertionError when it does not hold.
 */
export async function checkGateway(seed: number, gateway: Gateway, tally: Tally): Promise<void> {
  const random = new Random(seed ^ 0x2545f491);
  for (const play of generate(seed)) {
    const version = random.pick(['1.1', '1.1', '1.1', '1.0']);
    const parts = random.chance(0.5) ? [play.bytes] : split(play.bytes, seed);
    const answers = await converse(gateway, play, { version, parts });
    const finals = answers.filter(({ status }) => status >= 200);
    const theirs = await readByLlhttp(play);
    checkConnection(finals);
    checkAnswer(finals[0], theirs, play);
    tally.cases++;
    if (theirs !== null && finals[0]?.isWhole === true) tally.accepted++;
    else tally.refused++;
  }
}

/** What a client gets for a play and a probe behind it, by the time its connection is over. */
async function converse(
  { proxy, stage }: Gateway,
  { method }: Play,
  { version, parts }: { version: string; parts: readonly string[] },
): Promise<Answer[]> {
  stage.set(parts);
  const client = await Client.open(proxy.port);
  let received = '';
  client.socket.on('data', (text: string) => {
    received += text;
  });
  const end = version === '1.0' ? '\r\nHost: a\r\nConnection: keep-alive\r\n' : '\r\nHost: a\r\n';
  const content = method === 'POST' ? 'Content-Length: 5\r\n\r\nhello' : '\r\n';
  client.write(`${method} /play HTTP/${version}${end}${content}GET /probe HTTP/${version}${end}\r\n`);
  const read = (): Answer[] =>
    readAnswers(received, [method, 'GET'], client.wasReset ? 'reset' : client.isClosed ? 'end' : 'open');
  const isAnswered = (count: number): boolean =>
    client.isClosed || read().filter(({ status, isWhole }) => status >= 200 && isWhole).length >= count;
  for (;;) {
    await stage.played();
    if (isAnswered(1)) break;
    stage.connection?.end();
    await arrival(1);
  }
  while (!isAnswered(2)) await arrival(1);
  client.end();
  await client.closed;
  client.destroy();
  return read();
}

/** The probe's answer is the probe's own, and missing only where the connection had to end. */
function checkConnection([first, second, ...others]: readonly Answer[]): void {
  assert.equal(others.length, 0);
  if (second !== undefined) {
    assert.ok(first?.isWhole && !first.endsConnection, 'something is behind the end');
    assert.deepEqual([second.status, second.content, second.isWhole], [200, PROBE, true]);
  } else assert.ok(first === undefined || !first.isWhole || first.endsConnection, 'the probe was not answered');
}

function checkAnswer(ours: Answer | undefined, theirs: Seen | null, play: Play): void {
  if (ours === undefined || !ours.isWhole || isOwn502(ours)) {
    assert.ok(!play.isClean, 'a clean response was refused');
    return;
  }
  // A 205 has no content, so what the origin sends for one is let go unread.
  if (ours.status === 205) return;
  if (theirs === null && isOddButClear(play)) return;
  assert.ok(theirs !== null, `llhttp refuses what the client got for whole: ${JSON.stringify(ours)}`);
  const { status, content } = theirs;
  assert.deepEqual(
    { status: ours.status, fields: endToEnd(ours.fields), content: ours.content },
    { status, fields: endToEnd(passedOn(theirs.fields)), content },
  );
}

function isOwn502({ status, content }: Answer): boolean {
  return status === 502 && /^(?:Bad Gateway \(\w+\)\n)?$/.test(content);
}

/** The fields that a gateway does not write itself. */
function endToEnd(fields: readonly string[]): string[] {
  const own = /^(?:connection|content-length|transfer-encoding|date|via|trailer)$/i;
  return fields.filter((_, at) => !own.test(fields[at - (at % 2)] as string));
}
