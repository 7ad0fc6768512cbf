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
  checkAgainst(whole, await readByLlhttp(bytes), ODD_SIZE_LINE.test(bytes));
  tally.cases++;
  tally.accepted += whole.requests.length;
  if (whole.refused) tally.refused++;
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
    assert.deepEqual({ ...mine, target: '' }, { ...other, target: '' }, `request ${at} is read differently`);
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
