import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutUrlCredentials } from './url-credentials.ts';

const TEXTS: [text: string, shown: string][] = [
  [
    'GET https://id:se%40cret@h.example/a failed, mail me@h.example',
    'GET https://***@h.example/a failed, mail me@h.example',
  ],
  ['http://id:se@cret@h.example, http://id@i.example', 'http://***@h.example, http://***@i.example'],
  ['http://h.example/@a?b=@c', 'http://h.example/@a?b=@c'],
];

for (const [text, shown] of TEXTS)
  test(`credentials of URLs are left out of ${text}`, () => assert.equal(withoutUrlCredentials(text), shown));
