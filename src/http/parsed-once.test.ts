// What many routes look at is read once for a request, and anew when it was changed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bearerPayload } from '../plugin/bearer-payload.ts';
import { baggageValue } from './baggage.ts';
import { cookieValue, requestCookies } from './cookies.ts';
import { HeaderList } from './headers.ts';
import { Request } from './request.ts';

test('the lines of a field are read once, as long as they stay', () => {
  const headers = HeaderList.of({ 'X-A': ['1', '2'], 'X-B': '3' });
  const seen: string[] = [];
  const read = (lines: readonly string[]): number => seen.push(lines.join());
  const ask = (): number => headers.parsed('X-A', read);
  assert.deepEqual([ask(), ask(), ask()], [1, 1, 1]);
  headers.set('X-B', '4');
  headers.delete('X-B');
  assert.equal(ask(), 1);
  for (const change of [
    () => headers.append('x-a', '5'),
    () => headers.mapValues('X-A', (value) => `${value}!`),
    () => headers.set('X-A', '6'),
    () => headers.raw.splice(1, 1, '7'),
    () => headers.delete('X-A'),
  ]) {
    const before = seen.length;
    change();
    assert.deepEqual([ask(), ask()], [before + 1, before + 1]);
  }
  assert.deepEqual(seen, ['1,2', '1,2,5', '1!,2!,5!', '6', '7', '']);
  assert.equal(
    headers.parsed('X-A', (lines) => lines.length),
    0,
    'another reading of the same field',
  );
});

test('cookies, baggage, tokens and queries are', () => {
  const token = `Bearer e30.${Buffer.from(JSON.stringify({ sub: 'a'.repeat(5000) })).toString('base64url')}.x`;
  const headers = HeaderList.of({ Cookie: 'a=1; b=2; a=3', baggage: 'k=1,k=2', Authorization: token });
  assert.equal(requestCookies(headers), requestCookies(headers));
  assert.deepEqual(
    [cookieValue(headers, 'a'), cookieValue(headers, 'c'), cookieValue(headers, 'toString')],
    ['1', null, null],
  );
  headers.set('Cookie', 'a=4');
  assert.equal(cookieValue(headers, 'a'), '4');
  assert.equal(bearerPayload(headers), bearerPayload(headers));
  headers.append('Authorization', token);
  assert.equal(bearerPayload(headers), null);
  assert.equal(baggageValue(headers, 'k'), '1');
  headers.set('baggage', 'k=3');
  assert.equal(baggageValue(headers, 'k'), '3');
  const request = new Request({ method: 'GET', target: '/?a=1&b&a=%32', host: 'h', headers });
  assert.equal(request.queryValues('a'), request.queryValues('a'));
  assert.deepEqual(
    [request.queryValues('a'), request.queryValue('b'), request.queryValue('c')],
    [['1', '2'], '', null],
  );
  request.query = 'a=3';
  assert.deepEqual(request.queryValues('a'), ['3']);
  request.query = null;
  assert.deepEqual(request.queryValues('a'), []);
});
