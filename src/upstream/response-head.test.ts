import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseResponseHead } from './response-head.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('what is remembered of status lines holds no head, nor a long line', () => {
  const terms = { method: 'GET', maxFields: 10 };
  const heads = 100;
  const bytes = 2 ** 20;
  const heap = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  for (let at = 0; at < heads; at++) {
    const long = at % 2 === 0 ? 'a'.repeat(bytes) : '';
    const head = Buffer.from(`HTTP/1.1 200 Fine ${at}${long}\r\nX: ${'b'.repeat(bytes)}\r\n`, 'latin1');
    assert.equal(parseResponseHead(head.toString('latin1'), terms).status, 200);
  }
  assert.ok(heap() - before < (heads * bytes) / 10);
});
