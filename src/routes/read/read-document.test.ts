import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitRoutes } from '../../../grammar/index.ts';
import { readDocument, readForm } from '../index.ts';
import { betweenRoutes } from './read-document.ts';

test('a route of a wrong form has no value', () => {
  for (const text of ['a: Path("/") && Path("/") -> <shunt>', 'a: * -> <"a">']) {
    const { value, errors } = readForm(text);
    assert.equal(value, null, text);
    assert.equal(errors.length, 1, text);
  }
});

test('the first of several routes with one id is kept', () => {
  const { value, errors } = readDocument('a: * -> "1"; b: * -> "2"; a: * -> "3"; a: * -> ; a: * -> "4"');
  assert.deepEqual(
    value.map(({ id, backend }) => [id, backend.kind === 'network' && backend.url]),
    [
      ['a', '1'],
      ['b', '2'],
    ],
  );
  assert.deepEqual(
    errors.map(({ code }) => code),
    ['duplicate-id', 'syntax', 'duplicate-id'],
  );
});

test('conflicts between chunks are found from their ids alone', () => {
  const text = 'a: * -> <shunt>; * -> <shunt>; ?; a: * -> <shunt>';
  const chunks = splitRoutes(text);
  const conflicts = betweenRoutes(text, chunks, ['a', '', null, 'a']);
  assert.deepEqual(
    [...conflicts].map(([i, { code }]) => [i, code]),
    [
      [1, 'anonymous-route'],
      [3, 'duplicate-id'],
    ],
  );
});

test('errors come in the order of the text', () => {
  const { errors } = readDocument('a: * -> <"x">; a: * -> <shunt>; b: ; a: * -> <shunt>; c');
  const places = errors.map(({ place }) => place.start);
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
});
