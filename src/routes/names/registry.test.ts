import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arg, defineBalancer, defineFilter, type FilterEnv, type FilterSpec } from '../../plugin/index.ts';
import { completeSpec, NameClashError, Registry } from '../index.ts';

const filter = (name: string, more: Partial<FilterSpec> = {}): FilterSpec =>
  defineFilter({ name, summary: '', args: [arg.string('value')], examples: [], create: () => ({}), ...more });

test('a name is taken once, aliases included', () => {
  const { filters } = new Registry();
  filters.add(filter('one', { aliases: ['eins'] }));
  assert.equal(filters.get('eins')?.name, 'one');
  assert.throws(() => filters.add(filter('eins'), 'mine.ts'), NameClashError);
  assert.throws(
    () => filters.add(filter('two', { aliases: ['one'] }), 'mine.ts'),
    /the filter "one" of mine.ts exists already \(built-in\)/,
  );
  assert.equal(filters.get('two'), undefined);
});

test('a spec that overrides takes the place until its origin is removed', () => {
  const registry = new Registry();
  const original = filter('one');
  const other = filter('one', { overrides: true });
  registry.filters.add(original);
  const clone = registry.clone();
  clone.filters.add(other, 'mine.ts');
  assert.equal(clone.filters.get('one'), other);
  assert.equal(clone.filters.originOf('one'), 'mine.ts');
  assert.deepEqual([...clone.filters.namesOf('mine.ts')], ['one']);
  assert.deepEqual([...clone.filters], [other]);
  assert.equal(registry.filters.get('one'), original);
  clone.remove('mine.ts');
  assert.equal(clone.filters.get('one'), original);
});

test('the namespaces are apart, and each lists its specs once', () => {
  const registry = new Registry();
  registry.filters.add(filter('random', { aliases: ['chance'] }));
  registry.balancers.add(defineBalancer({ name: 'random', summary: '', create: () => ({ pick: () => null }) }));
  assert.deepEqual(
    [...registry.filters].map(({ name }) => name),
    ['random'],
  );
  assert.equal(registry.predicates.get('random'), undefined);
});

test('refused names say why, until somebody brings them', () => {
  const { filters } = new Registry();
  filters.refuse('lua', 'use script()');
  assert.equal(filters.refusal('lua'), 'use script()');
  assert.equal(filters.get('lua'), undefined);
  filters.add(filter('lua'), 'mine.ts');
  assert.equal(filters.refusal('lua'), undefined);
});

test('suggests what was probably meant', () => {
  const { filters } = new Registry();
  filters.add(filter('setHeader'));
  assert.equal(filters.suggest('setHeadr'), 'setHeader');
  assert.equal(filters.suggest('unrelated'), null);
});

test('a bare drop-in gets its arguments as they stand', () => {
  const seen: unknown[] = [];
  const bare = { name: 'stamp', create: (args: unknown[]) => ({ seen: seen.push(args) }) };
  const spec = completeSpec<FilterEnv, object, FilterSpec>(bare);
  spec.create([['a', 1]] as never, {} as FilterEnv);
  assert.deepEqual(seen, [['a', 1]]);
  assert.equal(completeSpec<FilterEnv, object, FilterSpec>(filter('whole')).args.length, 1);
});
