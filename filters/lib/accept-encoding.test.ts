import assert from 'node:assert/strict';
import { test } from 'node:test';
import { negotiateCoding } from './accept-encoding.ts';

test('the coding for an Accept-Encoding', () => {
  const cases: [string | null, string | null][] = [
    [null, null],
    ['', null],
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'zstd'],
    ['gzip, deflate, br', 'br'],
    ['deflate', 'deflate'],
    ['br;q=0.5, gzip;q=0.8', 'gzip'],
    ['br; q=0.5 , gzip ; Q=1.000', 'gzip'],
    ['gzip;q=0', null],
    ['gzip;q=0.000, *', 'zstd'],
    ['*', 'zstd'],
    ['*;q=0', null],
    ['zstd;q=0, *;q=0.5', 'br'],
    ['identity', null],
    ['identity;q=1, gzip;q=0.5', null],
    ['identity;q=0.5, gzip;q=0.5', 'gzip'],
    ['identity;q=0', null],
    ['identity;q=0, gzip;q=0.1', 'gzip'],
    ['compress, exi', null],
    ['gzip;q=2', null],
    ['gzip;q=abc, deflate', 'deflate'],
    ['gzip;q=-1', null],
    [',, ,gzip,', 'gzip'],
  ];
  for (const [header, expected] of cases) assert.equal(negotiateCoding(header)?.name ?? null, expected, String(header));
});
