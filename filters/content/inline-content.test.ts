import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Body } from '../../src/plugin/index.ts';
import { ManualSource } from '../../test/kit/bodies.ts';
import { fakeContext } from '../../test/kit/context.ts';
import { faultOf, makeFilter } from '../../test/kit/specs.ts';
import { mediaTypeOf, sniffMediaType } from '../lib/media-type.ts';
import { inlineContent, inlineContentIfStatus } from './inline-content.ts';

test('the media type of text', () => {
  for (const [text, type] of [
    ['', 'text/plain; charset=utf-8'],
    ['hello', 'text/plain; charset=utf-8'],
    ['{"a": 1}', 'text/plain; charset=utf-8'],
    ['  \n<!DOCTYPE html>', 'text/html; charset=utf-8'],
    ['<P>x', 'text/html; charset=utf-8'],
    ['<p', 'text/plain; charset=utf-8'],
    ['<pre>', 'text/plain; charset=utf-8'],
    ['<!--x-->', 'text/html; charset=utf-8'],
    ['<?xml version="1.0"?>', 'text/xml; charset=utf-8'],
    ['a\u0000b', 'application/octet-stream'],
    ['grün', 'text/plain; charset=utf-8'],
  ] as [string, string][])
    assert.equal(sniffMediaType(text), type, text);
  assert.equal(mediaTypeOf('/x/A.HTML'), 'text/html; charset=utf-8');
  assert.equal(mediaTypeOf('/x.d/none'), 'application/octet-stream');
});

test('inlineContent serves its text', async () => {
  const filter = makeFilter(inlineContent, 'grün');
  for (let round = 0; round < 2; round++) {
    const ctx = fakeContext();
    await filter.request?.(ctx);
    assert.equal(ctx.served?.status, 200);
    assert.deepEqual([...(ctx.served?.headers ?? [])], [['Content-Type', 'text/plain; charset=utf-8']]);
    assert.equal(ctx.served?.body?.length, 5);
    assert.equal(await ctx.served?.body?.text(10), 'grün');
  }
  const typed = fakeContext();
  await makeFilter(inlineContent, '{}', 'application/json').request?.(typed);
  assert.equal(typed.served?.headers.get('Content-Type'), 'application/json');
});

test('inlineContentIfStatus replaces the body of its status only', async () => {
  const filter = makeFilter(inlineContentIfStatus, 404, 'gone');
  const source = new ManualSource();
  const headers = {
    'Content-Type': 'a/b',
    'Content-Encoding': 'gzip',
    ETag: '"1"',
    'Content-Length': '99',
    'X-Kept': '1',
  };
  const hit = fakeContext({ response: { status: 404, headers, body: new Body(source, 99) } });
  await filter.response?.(hit);
  assert.ok(source.cancelled);
  assert.deepEqual(
    [...hit.response.headers],
    [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['X-Kept', '1'],
    ],
  );
  assert.equal(await hit.response.body?.text(10), 'gone');

  const miss = fakeContext({ response: { status: 200, headers, body: 'kept' } });
  await filter.response?.(miss);
  assert.equal(miss.response.headers.get('ETag'), '"1"');
  assert.equal(await miss.response.body?.text(10), 'kept');

  const head = fakeContext({ method: 'HEAD', response: { status: 404, headers } });
  await filter.response?.(head);
  assert.equal(head.response.body, null);
  assert.equal(head.response.headers.get('Content-Length'), '4');

  const bodiless = fakeContext({ response: { status: 204 } });
  await makeFilter(inlineContentIfStatus, 204, 'x').response?.(bodiless);
  assert.equal(bodiless.response.body, null);
});

test('arguments', () => {
  assert.equal(faultOf(inlineContent, [1])?.index, 0);
  assert.equal(faultOf(inlineContent, [])?.index, -1);
  assert.equal(faultOf(inlineContent, ['a', 'b', 'c'])?.index, -1);
  for (const status of [99, 600, 404.5, 'x']) assert.equal(faultOf(inlineContentIfStatus, [status, 'x'])?.index, 0);
});
