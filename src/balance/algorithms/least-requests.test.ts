import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EndpointRegistry } from '../endpoint-registry.ts';
import { leastRequests } from './least-requests.ts';

const request = { hashKey: '' };

function endpointsOf(loads: readonly number[], weights: readonly number[] = []) {
  const registry = new EndpointRegistry();
  return loads.map((inFlight, at) => {
    const endpoint = registry.retain(`http://e${at}`);
    endpoint.inFlight = inFlight;
    return { endpoint, weight: weights[at] ?? 1 };
  });
}

test('takes the least busy one for its weight', () => {
  const cases: [loads: number[], weights: number[], picked: number][] = [
    [[2, 1, 3], [], 1],
    [[4, 3], [4, 1], 0],
    [[0], [], 0],
  ];
  for (const [loads, weights, picked] of cases) {
    const endpoints = endpointsOf(loads, weights);
    assert.equal(leastRequests.create(endpoints).pick(request, []), endpoints[picked]?.endpoint);
  }
});

test('equals have their turns', () => {
  const endpoints = endpointsOf([1, 1, 1]);
  const balancer = leastRequests.create(endpoints);
  const picked = Array.from({ length: 6 }, () => balancer.pick(request, [])?.origin);
  assert.deepEqual(picked, ['http://e0', 'http://e1', 'http://e2', 'http://e0', 'http://e1', 'http://e2']);
});

test('never one that was tried, and null when all were', () => {
  const endpoints = endpointsOf([0, 5]);
  const balancer = leastRequests.create(endpoints);
  const [first, second] = endpoints.map(({ endpoint }) => endpoint);
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(balancer.pick(request, [first]), second);
  assert.equal(balancer.pick(request, [first, second]), null);
});
