import assert from 'node:assert/strict';
import { split } from '../mutate.ts';
import type { Tally } from '../tally.ts';
import { generate } from './generate.ts';
import { knownMethods, type Outcome, readByLlhttp, readBySluice, type Seen } from './outcome.ts';

/**
 * Checks one seed: whatever way the bytes are split, the outcome is the same; and whatever Sluice accepts, llhttp accepts
 * with the same framing and the same fields.
 * @throws AssertionError when it does not hold.
 */
export async function checkRequests(seed: number, tally: Tally): Promise<void> {
  const bytes = generate(seed);
  const whole = await readBySluice([bytes]);
  assert.deepEqual(await readBySluice(split(bytes, seed)), whole, 'the outcome depends on how the bytes are split');
  checkAgainst(whole, await readByLlhttp(asLlhttpTakes(bytes)), ODD_SIZE_LINE.test(bytes));
  tally.cases++;
  tally.accepted += whole.requests.length;
  if (whole.refused) tally.refused++;
}

/**
 * The bytes as llhttp takes them: it refuses later minor versions, against RFC 9110 §6.2, and takes tabs around the values
 * that frame a message for part of them, against §5.5.
 */
function asLlhttpTakes(bytes: string): string {
  const spaced = (line: string): string => line.replace(/:[\t ]+|[\t ]+$/g, (blanks) => blanks.replaceAll('\t', ' '));
  return bytes
    .replaceAll(/^(?:host|content-length|transfer-encoding):[^\r\n]*/gim, spaced)
    .replaceAll(/ HTTP\/1\.[2-9](?=\r\n)/g, ' HTTP/1.1');
}

/** Blanks around the signs of chunk extensions, which have to be taken (RFC 9112 §7.1.1); llhttp does not. */
const ODD_SIZE_LINE = /^[0-9A-Fa-f]+(?:[ \t]+;|;[^\r\n]*[ \t])/m;

function checkAgainst(ours: Outcome, theirs: Outcome, isOdd: boolean): void {
  for (const [at, mine] of ours.requests.entries()) {
    // llhttp takes methods from a list; where we take another, there is nothing to compare with.
    if (!knownMethods.has(mine.method)) return;
    const other = theirs.requests[at];
    if (other === undefined && isOdd) return;
    assert.ok(other !== undefined, `llhttp refuses request ${at}: ${JSON.stringify(mine)}`);
    assert.deepEqual({ ...mine, target: '' }, { ...passedOn(other), target: '' }, `request ${at} is read differently`);
    assert.ok(isSameTarget(mine, other), `target ${other.target} became ${mine.target}`);
    // llhttp takes what follows such a request for tunnel bytes, whether it is upgraded or not.
    if (asksUpgrade(mine)) return;
  }
}

function asksUpgrade(seen: Seen): boolean {
  return seen.fields.some((field, at) => at % 2 === 1 && /\bupgrade\b/i.test(field));
}

/** A target in absolute form reaches the handler in origin form (RFC 9112 §3.2.2). */
function isSameTarget(mine: Seen, other: Seen): boolean {
  if (mine.target === other.target) return true;
  const rest = /^http:\/\/[^/?]*(.*)$/is.exec(other.target)?.[1];
  if (rest === '') return mine.target === (mine.method === 'OPTIONS' ? '*' : '/');
  return rest !== undefined && (rest.startsWith('/') ? rest : `/${rest}`) === mine.target;
}

/** What of a request goes on to routes: the fields that Connection names are gone, and Host follows an absolute target. */
function passedOn({ fields, trailers, ...seen }: Seen): Seen {
  const named = new Set(
    fields
      .filter((_, at) => /^connection$/i.test(fields[at - 1] ?? ''))
      .flatMap((value) => value.toLowerCase().split(','))
      .map((name) => name.trim())
      .filter((name) => !STAYS.test(name)),
  );
  const [, authority] = /^http:\/\/([^/?]*)/i.exec(seen.target) ?? [];
  const kept = (list: string[], isGone: (name: string) => boolean): string[] =>
    list.filter((_, at) => !isGone((list[at - (at % 2)] as string).toLowerCase()));
  const isHost = (name: string | undefined): boolean => /^host$/i.test(name ?? '');
  return {
    ...seen,
    fields: kept(fields, (name) => named.has(name)).map((text, at, list) =>
      at % 2 === 1 && isHost(list[at - 1]) && authority !== undefined ? authority.replace(/:(?:0*80)?$/, '') : text,
    ),
    trailers: kept(trailers, (name) => named.has(name) || CONNECTION_BOUND.test(name)),
  };
}

const CONNECTION_BOUND =
  /^(?:connection|keep-alive|proxy-connection|proxy-authenticate|proxy-authorization|te|transfer-encoding|upgrade|http2-settings)$/;
const STAYS = new RegExp(`${CONNECTION_BOUND.source}|^(?:close|host|content-(?:length|type|encoding|range))$`);
