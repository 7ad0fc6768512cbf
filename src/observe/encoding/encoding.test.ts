import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bareOctets,
  fieldName,
  fieldText,
  jsonLine,
  messageText,
  quotedOctets,
  reportText,
  terminalText,
} from './index.ts';

const octets = (text: string): string => Buffer.from(text).toString('latin1');

test('octets are shown as the text they mean, and as octets where they mean none', () => {
  const cases: [octets: string, shown: string][] = [
    ['plain text, 5 % of it', 'plain text, 5 % of it'],
    [octets('Zoë 日本 😀'), 'Zoë 日本 😀'],
    ['caf\xe9', 'caf\\xe9'],
    [`${octets('é')}\xff`, '\\xc3\\xa9\\xff'],
    ['say "hi"\\', 'say \\"hi\\"\\\\'],
    ['a\r\nb\t\0\x1b[31m\x7f', 'a\\r\\nb\\t\\x00\\x1b[31m\\x7f'],
    // As octets, C1 controls are no UTF-8; as UTF-8 they come in two.
    ['\x9b31m\x85', '\\x9b31m\\x85'],
    [octets('\x9b31m\x85'), '\\x9b31m\\x85'],
    [octets('\u202egnp.exe\u2028\ufeff'), '\\u202egnp.exe\\u2028\\ufeff'],
  ];
  for (const [given, shown] of cases) assert.equal(quotedOctets(given), shown);
  assert.equal(bareOctets('a b'), 'a\\x20b');
  for (const nothing of ['', null, undefined]) assert.equal(bareOctets(nothing), '-');
});

test('the fields of a line are words, or between quotes', () => {
  const cases: [value: unknown, shown: string][] = [
    ['word', 'word'],
    ['/a?b=1', '/a?b=1'],
    ['', '""'],
    ['two words', '"two words"'],
    ['a\nb', '"a\\nb"'],
    ['"', '"\\""'],
    [octets('Zoë'), 'Zoë'],
    ['é', 'é'],
    [7, '7'],
    [undefined, 'null'],
    [['a\x85b'], '["a\\u0085b"]'],
  ];
  for (const [value, shown] of cases) assert.equal(fieldText(value), shown);
  assert.equal(messageText('a "quoted" word'), 'a "quoted" word');
  assert.equal(messageText('x status=200'), '"x status=200"');
  assert.equal(messageText('x\n2026 ERROR y'), '"x\\n2026 ERROR y"');
  assert.equal(fieldName('a b=c\n'), 'a_b_c_');
});

test('a report keeps its lines, all but the first indented', () => {
  assert.equal(reportText('a:1:1: no\n\tx\x1b[2J\n\t^'), 'a:1:1: no\n  \tx\\x1b[2J\n  \t^');
  assert.equal(terminalText('a\nb\r\x07'), 'a\nb\\r\\x07');
});

test('nothing ends a line, or a quoted field, or steers a terminal', () => {
  const steering = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/;
  const hostile = fc.string({
    unit: fc.oneof(fc.constantFrom('"', '\\', '\n', '\r', '\x9b', '\u2028', '='), fc.string({ maxLength: 2 })),
  });
  fc.assert(
    fc.property(hostile, (text) => {
      for (const written of [
        quotedOctets(text),
        bareOctets(text),
        fieldText(text),
        messageText(text),
        jsonLine(JSON.stringify(text)),
      ])
        assert.doesNotMatch(written, steering);
      assert.doesNotMatch(quotedOctets(text).replaceAll(/\\./g, ''), /"/);
      assert.doesNotMatch(bareOctets(text), / /);
      if (fieldText(text).startsWith('"')) assert.match(fieldText(text), /^"(?:[^"\\]|\\.)*"$/);
      assert.equal(JSON.parse(jsonLine(JSON.stringify(text))), text);
    }),
  );
});
