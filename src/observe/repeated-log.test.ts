import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RepeatedLog } from './repeated-log.ts';

test('one line a minute of each kind, and how many went untold', () => {
  const lines: string[] = [];
  const info = (message: string, fields?: object): void => void lines.push(`${message} ${JSON.stringify(fields)}`);
  let now = 0;
  const log = new RepeatedLog({ debug() {}, info, warn() {}, error() {} }, () => now);
  for (const at of [0, 1, 59_999, 60_000, 60_001]) {
    now = at;
    log.info('a', 'refused', { at });
  }
  log.info('b', 'refused', { kind: 'b' });
  now = 200_000;
  log.info('b', 'refused', { kind: 'b' });
  assert.deepEqual(lines, [
    'refused {"at":0}',
    'refused {"at":60000,"before":2}',
    'refused {"kind":"b"}',
    'refused {"kind":"b"}',
  ]);
});
