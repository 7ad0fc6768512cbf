import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRoutes } from '../grammar/index.ts';
import { EndpointRegistry } from '../src/balance/index.ts';
import { type BackendRecord, checkRoute } from '../src/routes/index.ts';
import { Upstream } from '../src/upstream/index.ts';
import { builtinRegistry } from '../src/vocabulary/index.ts';

/** Addresses, and whether they can be called. */
const ADDRESSES: readonly [address: string, isGood: boolean][] = [
  ['http://a:80', true],
  ['http://a/base', true],
  ['http://a?zone=x', true],
  ['http://[::1]:80', true],
  ['http://u:p@a', false],
  ['http://a?weight=0', false],
  ['http://a?weight=x', false],
  ['http://unix:/x.sock', false],
  ['http://a:80800', false],
  ['http://a b', false],
  ['a:80', false],
  ['h2c://a', false],
];

test('what a check says of an address, and what serves say of it, is the same', async () => {
  const registry = builtinRegistry();
  const upstream = new Upstream({}, new EndpointRegistry());
  const makes = (make: () => unknown): boolean => {
    try {
      make();
      return true;
    } catch {
      return false;
    }
  };
  for (const [address, isGood] of ADDRESSES) {
    for (const backend of [`"${address}"`, `<random, "${address}">`]) {
      const { value, errors } = parseRoutes(`r: * -> ${backend};`);
      const found = [...errors, ...value.flatMap((def) => checkRoute(def, registry))];
      assert.equal(
        found.every(({ severity }) => severity === 'warning'),
        isGood,
        backend,
      );
    }
    assert.equal(
      makes(() => upstream.makeBackend({ kind: 'network', url: address }, 'r')),
      isGood,
      address,
    );
    const balanced = { kind: 'balanced', algorithm: null, endpoints: [address] } satisfies BackendRecord;
    assert.equal(
      makes(() => upstream.makeBackend(balanced, 'r')),
      isGood,
      address,
    );
    assert.equal(
      makes(() => upstream.dynamicBackend(address)),
      isGood,
      address,
    );
    const filter = parseRoutes(`r: * -> setDynamicBackendUrl("${address}") -> <dynamic>;`).value;
    const found = filter.flatMap((def) => checkRoute(def, registry));
    assert.equal(
      found.every(({ severity }) => severity === 'warning'),
      isGood,
      address,
    );
  }
  await upstream.close();
});
