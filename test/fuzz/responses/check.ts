import assert from 'node:assert/strict';
import { TestUpstream, until } from '../../kit/calls.ts';
import { Origin } from '../../kit/origin.ts';
import { split } from '../mutate.ts';
import type { Tally } from '../tally.ts';
import { generate, type Play } from './generate.ts';
import { isBareButFramed, isOddButClear } from './odd-but-clear.ts';
import { type Outcome, readByLlhttp, readBySluice, Stage } from './outcome.ts';
import { passedOn } from './passed-on.ts';

/**
 * Checks one seed: whatever way the bytes of an origin are split, src/upstream reads the same; and whatever it takes for
 * whole, llhttp does too, with the same framing, status, fields and content. What is clean is taken.
 * @throws AssertionError when it does not hold.
 */
export async function checkResponses(seed: number, tally: Tally): Promise<void> {
  const plays = generate(seed);
  const whole = await readAll(plays, ({ bytes }) => [bytes]);
  const inParts = await readAll(plays, ({ bytes }) => split(bytes, seed));
  for (const [at, play] of plays.entries()) {
    const ours = whole[at] as Outcome;
    assert.deepEqual(inParts[at], ours, `what becomes of response ${at} depends on how the bytes are split`);
    if (play.isClean) assert.ok(ours !== null, `response ${at} is clean and was refused`);
    if (ours !== null) await checkAgainst(ours, play, at);
    tally.cases++;
    if (ours === null) tally.refused++;
    else tally.accepted++;
  }
}

async function readAll(plays: readonly Play[], cut: (play: Play) => readonly string[]): Promise<Outcome[]> {
  const stage = new Stage();
  await using origin = await Origin.start(stage.script);
  await using client = new TestUpstream(origin.url);
  const outcomes: Outcome[] = [];
  for (const play of plays) outcomes.push(await readBySluice(play, cut(play), { client, stage }));
  assert.equal(client.inFlight, 0);
  await client.upstream.close();
  await until(() => client.upstream.connections === 0);
  return outcomes;
}

async function checkAgainst(ours: NonNullable<Outcome>, play: Play, at: number): Promise<void> {
  const theirs = await readByLlhttp(play);
  if (theirs === null && isOddButClear(play)) return;
  assert.ok(theirs !== null, `llhttp refuses response ${at}: ${JSON.stringify(ours)}`);
  const expected = {
    ...theirs,
    // An unasked 100 is ignored.
    interim: theirs.interim
      .filter(({ status }) => status !== 100)
      .map(({ status, fields }) => ({ status, fields: passedOn(fields) })),
    fields: passedOn(theirs.fields),
    trailers: withoutFraming(passedOn(theirs.trailers)),
  };
  if (isBareButFramed(play)) {
    ours.fields = withoutFraming(ours.fields);
    expected.fields = withoutFraming(expected.fields);
  }
  assert.deepEqual(ours, expected, `response ${at} is read differently`);
}

function withoutFraming(fields: readonly string[]): string[] {
  return fields.filter((_, at) => !/^(?:content-length|transfer-encoding)$/i.test(fields[at - (at % 2)] as string));
}
