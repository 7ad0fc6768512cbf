import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Balancer, BalancerSpec, Endpoint, WeightedEndpoint } from '../plugin/index.ts';
import { consistentHash } from './algorithms/consistent-hash.ts';
import { powerOfRandomNChoices } from './algorithms/power-of-choices.ts';
import { random } from './algorithms/random.ts';
import { roundRobin } from './algorithms/round-robin.ts';
import { balancers, EndpointRegistry } from './index.ts';

function endpoints(...weights: number[]): WeightedEndpoint[] {
  return weights.map((weight, at) => ({ endpoint: { origin: `http://10.0.0.${at}:8080`, inFlight: 0 }, weight }));
}

function counts(balancer: Balancer, among: readonly WeightedEndpoint[], picks: number, key?: string): number[] {
  const found = new Map<Endpoint | null, number>();
  for (let pick = 0; pick < picks; pick++) {
    const endpoint = balancer.pick({ hashKey: key ?? `key ${pick}` }, []);
    found.set(endpoint, (found.get(endpoint) ?? 0) + 1);
  }
  return among.map(({ endpoint }) => found.get(endpoint) ?? 0);
}

function indices(balancer: Balancer, among: readonly WeightedEndpoint[], picks: number): number[] {
  const all = among.map(({ endpoint }) => endpoint);
  return Array.from({ length: picks }, () => all.indexOf(balancer.pick({ hashKey: '' }, []) as Endpoint));
}

const WEIGHTS = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });

for (const spec of balancers) {
  test(`${spec.name}: tries every endpoint once, then none`, () => {
    fc.assert(
      fc.property(WEIGHTS, fc.string(), (weights, hashKey) => {
        const among = endpoints(...weights);
        const balancer = spec.create(among);
        const tried: Endpoint[] = [];
        for (let left = among.length; left > 0; left--) {
          const endpoint = balancer.pick({ hashKey }, tried);
          assert.ok(endpoint !== null && !tried.includes(endpoint));
          tried.push(endpoint);
        }
        assert.equal(balancer.pick({ hashKey }, tried), null);
      }),
      { numRuns: 50 },
    );
  });
}

test('roundRobin: over a full turn every endpoint has exactly its share', () => {
  fc.assert(
    fc.property(WEIGHTS, fc.integer({ min: 1, max: 3 }), (weights, turns) => {
      const among = endpoints(...weights);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const found = counts(roundRobin.create(among), among, total * turns);
      assert.deepEqual(
        found,
        weights.map((weight) => weight * turns),
      );
    }),
    { numRuns: 100 },
  );
});

test('roundRobin: equal weights are a strict cycle, heavy ones are spread', () => {
  const equal = endpoints(1, 1, 1);
  const cycle = roundRobin.create(equal);
  const order = indices(cycle, equal, 7);
  for (let at = 1; at < order.length; at++) assert.equal(order[at], ((order[at - 1] as number) + 1) % 3);
  const uneven = endpoints(3, 1, 1);
  const spread = roundRobin.create(uneven);
  const picks = indices(spread, uneven, 50);
  assert.doesNotMatch(picks.join(''), /000/);
});

test('roundRobin: starts anywhere', () => {
  const starts = new Set<Endpoint | null>();
  const among = endpoints(1, 1, 1, 1);
  for (let route = 0; route < 200; route++) starts.add(roundRobin.create(among).pick({ hashKey: '' }, []));
  assert.equal(starts.size, 4);
});

const SHARES: readonly { spec: BalancerSpec; tolerance: number }[] = [
  { spec: random, tolerance: 0.1 },
  { spec: consistentHash, tolerance: 0.35 },
];

for (const { spec, tolerance } of SHARES) {
  test(`${spec.name}: shares follow the weights`, () => {
    const among = endpoints(1, 2, 1, 4);
    const picks = 40_000;
    counts(spec.create(among), among, picks).forEach((count, at) => {
      const wanted = (picks * (among[at] as WeightedEndpoint).weight) / 8;
      assert.ok(Math.abs(count - wanted) < wanted * tolerance, `endpoint ${at}: ${count}, wanted about ${wanted}`);
    });
  });
}

test('consistentHash: when an endpoint leaves, only its own keys move', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 10 }), fc.nat(), (size, seed) => {
      const among = endpoints(...Array.from({ length: size }, () => 1));
      const gone = (among[seed % size] as WeightedEndpoint).endpoint;
      const before = consistentHash.create(among);
      const after = consistentHash.create(among.filter(({ endpoint }) => endpoint !== gone));
      for (let key = 0; key < 500; key++) {
        const hashKey = `192.0.2.${key}`;
        const owner = before.pick({ hashKey }, []);
        const next = after.pick({ hashKey }, []);
        if (owner === gone) assert.equal(next, before.pick({ hashKey }, [gone]), 'goes where a fail-over goes');
        else assert.equal(next, owner);
      }
    }),
    { numRuns: 20 },
  );
});

test('consistentHash: one key has one endpoint', () => {
  const among = endpoints(1, 1, 1, 1, 1);
  const found = counts(consistentHash.create(among), among, 100, 'session 7');
  assert.deepEqual(
    found.filter((count) => count > 0),
    [100],
  );
});

test('powerOfRandomNChoices: the busiest is taken only when nothing else is left', () => {
  const among = endpoints(1, 1, 1, 1);
  const [busy] = among as [WeightedEndpoint, ...WeightedEndpoint[]];
  busy.endpoint.inFlight = 10;
  const balancer = powerOfRandomNChoices.create(among);
  assert.equal(counts(balancer, among, 2000)[0], 0);
  assert.equal(
    balancer.pick(
      { hashKey: '' },
      among.slice(1).map(({ endpoint }) => endpoint),
    ),
    busy.endpoint,
  );
});

test('powerOfRandomNChoices: evens out what is in flight, for its weight', () => {
  const among = endpoints(1, 1, 2);
  const balancer = powerOfRandomNChoices.create(among);
  for (let pick = 0; pick < 4000; pick++) (balancer.pick({ hashKey: '' }, []) as Endpoint).inFlight++;
  among.forEach(({ endpoint, weight }) => {
    assert.ok(Math.abs(endpoint.inFlight / weight - 1000) < 20, `${endpoint.inFlight} of weight ${weight}`);
  });
});

test('EndpointRegistry: one object per origin, forgotten when nobody holds it', () => {
  const registry = new EndpointRegistry();
  const first = registry.retain('http://a:80');
  assert.equal(registry.retain('http://a:80'), first);
  assert.notEqual(registry.retain('http://b:80'), first);
  first.inFlight = 3;
  registry.release(first);
  assert.equal(registry.retain('http://a:80').inFlight, 3);
  registry.release(first);
  registry.release(first);
  assert.deepEqual(
    [...registry.endpoints()].map(({ origin }) => origin),
    ['http://b:80'],
  );
  registry.release(first);
  assert.notEqual(registry.retain('http://a:80'), first);
});
