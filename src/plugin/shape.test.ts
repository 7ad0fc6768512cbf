import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { balancerFault, filterFault, misspeltCreate, predicateFault } from './shape.ts';

const none = (): void => {};

class Counting {
  requests = 0;
  request(): void {
    this.respond();
  }
  respond(): void {}
}

class Shouting {
  Request(): void {}
}

suite('what create returns', () => {
  const CASES: readonly [what: string, fault: (made: unknown) => string | null, made: unknown, says: RegExp | null][] =
    [
      ['a filter', filterFault, { request: none, response: none, close: none }, null],
      ['a filter that does nothing', filterFault, {}, null],
      ['a filter of a class, with functions of its own', filterFault, new Counting(), null],
      ['a filter that only closes', filterFault, { close: none }, null],
      ['nothing', filterFault, undefined, /returns nothing/],
      ['null', filterFault, null, /returns null/],
      ['a function', filterFault, none, /returns a function/],
      ['a text', filterFault, 'request', /returns a string/],
      ['onRequest', filterFault, { onRequest: none }, /no "onRequest"; did you mean "request"/],
      ['onResponse beside request', filterFault, { request: none, onResponse: none }, /did you mean "response"/],
      ['a capital', filterFault, new Shouting(), /no "Request"; did you mean "request"/],
      ['a slip', filterFault, { reqeust: none }, /did you mean "request"/],
      ['a hook that is none', filterFault, { request: 5 }, /request of a filter must be a function, found 5/],
      ['functions that nobody calls', filterFault, { handle: none }, /none of request, response, close; found handle/],
      ['what throws when looked at', filterFault, new Proxy({}, { get: () => assert.fail('no') }), /cannot be read/],
      ['a predicate', predicateFault, { match: () => true, weight: 2 }, null],
      ['a predicate without match', predicateFault, {}, /must have a function "match"/],
      ['matches', predicateFault, { matches: none }, /did you mean "match"/],
      ['an async match', predicateFault, { match: async () => true }, /match of a predicate must answer at once/],
      ['a weight that is none', predicateFault, { match: none, weight: 'x' }, /weight of a predicate must be a number/],
      ['a balancer', balancerFault, { pick: none }, null],
      ['a balancer that picks by another name', balancerFault, { Pick: none }, /did you mean "pick"/],
      ['a balancer that returns nothing', balancerFault, undefined, /create must return a balancer/],
    ];
  for (const [what, fault, made, says] of CASES) {
    test(what, () => {
      const found = fault(made);
      if (says === null) assert.equal(found, null);
      else assert.match(String(found), says);
    });
  }

  test('a promise, whose failure is nobody else’s', () => {
    assert.match(String(filterFault(Promise.reject(new Error('nobody waits')))), /returns a promise/);
  });

  test('create under another name', () => {
    for (const name of ['creat', 'Create', 'onCreate', 'cerate']) assert.equal(misspeltCreate({ [name]: none }), name);
    for (const made of [{ read: none }, { creat: 1 }, {}]) assert.equal(misspeltCreate(made), null);
  });
});
