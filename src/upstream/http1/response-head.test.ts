import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseResponseHead } from './response-head.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('a long status line is not remembered', () => {
  const terms = { method: 'GET', maxFields: 10 };
  const heads = 50;
  const bytes = 2 ** 18;
  const heap = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  for (let at = 0; at < heads; at++) {
    const head = Buffer.from(`HTTP/1.1 200 Fine ${at}${'a'.repeat(bytes)}\r\nX: b\r\n`, 'latin1');
    assert.equal(parseResponseHead(head.toString('latin1'), terms).status, 200);
  }
  assert.ok(heap() - before < (heads * bytes) / 10);
});
