import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArgValue, FilterSpec } from '../../src/plugin/index.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import {
  decodeBase64RequestHeader,
  decodeBase64ResponseHeader,
  encodeBase64RequestHeader,
  encodeBase64ResponseHeader,
  encodeRequestHeader,
  encodeResponseHeader,
} from './header-encoding.ts';

/** The value after the filter, and whether it warned. */
async function after(spec: FilterSpec, args: ArgValue[], value: string): Promise<[string | null, boolean]> {
  const headers = { 'X-A': value };
  const ctx = fakeContext({ headers, response: { status: 200, headers } });
  const filter = makeFilter(spec, 'X-A', ...args);
  await filter.request?.(ctx);
  await filter.response?.(ctx);
  const result = spec.name.includes('Request') ? ctx.request.headers : ctx.response.headers;
  return [result.get('X-A'), ctx.logLines.some(({ level }) => level === 'warn')];
}

test('base64', async () => {
  const encode: [ArgValue[], string, string, boolean?][] = [
    [[], 'me:secret', 'bWU6c2VjcmV0'],
    [[], 'ü', Buffer.from([0xfc]).toString('base64')],
    [[], '', ''],
    [[1], 'Basic  me:secret x', 'Basic bWU6c2VjcmV0 x'],
    [[2], 'Basic me', 'Basic me', true],
  ];
  const decode: [ArgValue[], string, string, boolean?][] = [
    [[], 'bWU6c2VjcmV0', 'me:secret'],
    [[], 'YQ', 'a'],
    [[], 'YQ==', 'a'],
    [[], '-_-_', Buffer.from('-_-_', 'base64url').toString('latin1')],
    [[], 'not base64!', 'not base64!', true],
    [[], 'YWJjZ', 'YWJjZ', true],
    [[], Buffer.from('a\r\nEvil: 1').toString('base64'), Buffer.from('a\r\nEvil: 1').toString('base64'), true],
    ...['\x01', '\x1b[31m', '\x7f', 'a\0b'].map((control): [ArgValue[], string, string, boolean] => {
      const encoded = Buffer.from(control, 'latin1').toString('base64');
      return [[], encoded, encoded, true];
    }),
    [[], Buffer.from('a\tb').toString('base64'), 'a\tb'],
    [[1], 'Bearer bWU6c2VjcmV0', 'Bearer me:secret'],
  ];
  for (const [specs, cases] of [
    [[encodeBase64RequestHeader, encodeBase64ResponseHeader], encode],
    [[decodeBase64RequestHeader, decodeBase64ResponseHeader], decode],
  ] as const) {
    for (const spec of specs as readonly unknown[] as readonly FilterSpec[]) {
      for (const [args, value, expected, warned = false] of cases)
        assert.deepEqual(await after(spec, [...args], value), [expected, warned], `${spec.name} ${value}`);
    }
  }
});

test('charsets', async () => {
  const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
  const cases: [string, string, string, boolean?][] = [
    ['ISO8859_1', 'Malmö', 'Malm\xf6'],
    ['ISO8859_1', '\u0085', '\x85'],
    ['ISO8859_1', '€', utf8('€'), true],
    ['ISO8859_15', '€', '\xa4'],
    ['ISO8859_9', 'ğ', '\xf0'],
    ['Windows1252', '€', '\x80'],
    ['KOI8R', 'я', '\xd1'],
    ['Windows1251', 'я', '\xff'],
    ['CodePage866', 'я', '\xef'],
    ['MacintoshCyrillic', 'я', '\xdf'],
    ['Windows1252', 'plain', 'plain'],
  ];
  for (const spec of [encodeRequestHeader, encodeResponseHeader] as readonly unknown[] as FilterSpec[]) {
    for (const [charset, text, expected, warned = false] of cases)
      assert.deepEqual(await after(spec, [charset], utf8(text)), [expected, warned], `${charset} ${text}`);
  }
});

test('a header that is not there stays away; arguments', async () => {
  const ctx = fakeContext();
  await makeFilter(encodeBase64RequestHeader, 'X-A').request?.(ctx);
  assert.equal(ctx.request.headers.has('X-A'), false);
  assert.equal(faultOf(encodeBase64RequestHeader, ['X-A', -1])?.index, 1);
  assert.equal(faultOf(encodeBase64RequestHeader, ['X A'])?.index, 0);
  assert.equal(faultOf(encodeRequestHeader, ['X-A', 'EBCDIC'])?.index, 1);
});
