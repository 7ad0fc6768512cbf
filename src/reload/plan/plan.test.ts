import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { DropIns, Prober } from '../../drop-ins/index.ts';
import { checkRoute, DefaultFilters, printFinding } from '../../routes/index.ts';
import { builtinRegistry } from '../../vocabulary/index.ts';
import type { StageFault } from '../stage/generation.ts';
import { attributeFaults } from './attribute-faults.ts';
import { DropInSet } from './drop-in-set.ts';
import { LeftOut, type OnInvalid, type Refusal } from './left-out.ts';
import { type Plan, type PlanInputs, plan } from './plan.ts';
import { RouteSet } from './route-set.ts';

function inputsOf(files: Readonly<Record<string, string>>, onInvalid: OnInvalid = 'file'): PlanInputs {
  const routes = new RouteSet(new DefaultFilters(), checkRoute);
  for (const [name, text] of Object.entries(files)) routes.setDesired(name, { name, text });
  const dropIns = new DropInSet(builtinRegistry(), new DropIns(new Prober()));
  return { routes, dropIns, onInvalid, leftOut: new LeftOut([]) };
}

/** A refusal in a line: what, for how long, and the first line of each reason. */
function told({ subject, findings, lasts }: Refusal): string {
  const what = subject.kind === 'drop-in' ? subject.name : subject.file.name;
  const which = subject.kind === 'route' ? `${what}#${subject.id}` : what;
  const why = findings.map((finding) => printFinding(finding).split('\n')[0]);
  return `${subject.kind} ${which} ${lasts}: ${why.join(' / ')}`;
}

async function refused(inputs: PlanInputs): Promise<string[]> {
  const outcome = await plan(inputs);
  return 'refuse' in outcome ? outcome.refuse.map(told) : assert.fail('there is a change');
}

async function changed(inputs: PlanInputs): Promise<Plan> {
  const outcome = await plan(inputs);
  return 'change' in outcome ? outcome.change : assert.fail(outcome.refuse.map(told).join('\n'));
}

async function without(inputs: PlanInputs): Promise<PlanInputs> {
  const outcome = await plan(inputs);
  return 'refuse' in outcome ? { ...inputs, leftOut: inputs.leftOut.and(outcome.refuse) } : inputs;
}

const idsOf = ({ diff }: Plan): string[] => diff.put.map(({ id }) => id);

const FILES = { 'a.eskip': 'a: * -> <shunt>;', 'b.eskip': 'b: Pth("/") -> <shunt>; c: Path("/c") -> <shunt>;' };

suite('a plan', () => {
  test('is a change of all that is wanted, in order', async () => {
    const change = await changed(
      inputsOf({ 'b.eskip': 'b: * -> <shunt>; c: * -> <shunt>', 'a.eskip': FILES['a.eskip'] }),
    );
    assert.deepEqual(idsOf(change), ['a', 'b', 'c']);
    const orders = change.diff.put.map(({ order }) => order as number);
    assert.deepEqual(
      orders,
      orders.toSorted((a, b) => a - b),
    );
  });

  test('is refused for a file with an error, and is a change without it', async () => {
    const inputs = inputsOf(FILES);
    const why = 'b.eskip:1:4: unknown-predicate: unknown predicate "Pth"; did you mean "Path"?';
    assert.deepEqual(await refused(inputs), [`file b.eskip load: ${why}`]);
    assert.deepEqual(idsOf(await changed(await without(inputs))), ['a']);
  });

  test('leaves out single routes where those count', async () => {
    const change = await changed(inputsOf(FILES, 'route'));
    assert.deepEqual(idsOf(change), ['a', 'c']);
    assert.deepEqual(
      [...change.flawed].map(([{ name }, findings]) => [name, findings.map(({ code }) => code)]),
      [['b.eskip', ['unknown-predicate']]],
    );
  });

  test('is refused for an id that another file has: the file, or the route', async () => {
    const files = { 'a.eskip': 'x: * -> <shunt>; y: * -> <shunt>', 'b.eskip': 'z: * -> <shunt>; x: * -> <shunt>' };
    const why = 'b.eskip:1:18: duplicate-id: the route id "x" is already taken at a.eskip:1:1';
    assert.deepEqual(await refused(inputsOf(files)), [`file b.eskip load: ${why}`]);
    const single = inputsOf(files, 'route');
    assert.deepEqual(await refused(single), [`route b.eskip#x load: ${why}`]);
    assert.deepEqual(idsOf(await changed(await without(single))), ['x', 'y', 'z']);
  });

  test('changes nothing: the same inputs give the same outcome', async () => {
    for (const onInvalid of ['file', 'route'] as const) {
      const inputs = inputsOf({ ...FILES, 'c.eskip': 'a: * -> <shunt>' }, onInvalid);
      const { routes, dropIns, leftOut } = inputs;
      const pending = routes.pending().map(({ name }) => name);
      const first = await refused(inputs);
      assert.deepEqual(await refused(inputs), first);
      assert.deepEqual([leftOut.refusals, routes.rejected, routes.size, dropIns.live()], [[], [], 0, []]);
      assert.deepEqual(
        routes.pending().map(({ name }) => name),
        pending,
      );
    }
  });

  test('what is left out holds for one text only', async () => {
    const inputs = await without(inputsOf(FILES));
    inputs.routes.setDesired('b.eskip', { name: 'b.eskip', text: 'b: Path("/") -> <shunt>;' });
    assert.deepEqual(idsOf(await changed(inputs)), ['a', 'b']);
  });
});

suite('faults of data threads', () => {
  const fault: StageFault = {
    kind: 'route',
    message: 'no such host',
    fault: { routeId: 'b', part: 'backend', index: 0, argIndex: -1 },
  };
  const files = { 'a.eskip': 'a: * -> <shunt>;', 'b.eskip': 'b: * -> "http://b"' };

  async function attributed(faults: readonly StageFault[], onInvalid: OnInvalid = 'file'): Promise<string[]> {
    const inputs = inputsOf(files, onInvalid);
    return attributeFaults(faults, await changed(inputs), inputs).map(told);
  }

  test('are of the file, or the route, that brings what cannot be made', async () => {
    const why = 'b.eskip:1:9: bad-backend: no such host';
    assert.deepEqual(await attributed([fault]), [`file b.eskip version: ${why}`]);
    assert.deepEqual(await attributed([fault], 'route'), [`route b.eskip#b version: ${why}`]);
  });

  test('are of a drop-in that cannot be imported', async () => {
    const dropIn: StageFault = { kind: 'drop-in', name: 'f.ts', message: 'boom' };
    assert.deepEqual(await attributed([dropIn]), ['drop-in f.ts version: f.ts:1:1: plugin: boom']);
  });

  test('are of the whole change where nothing can be blamed, and then it is worth another try', async () => {
    const why = 'refused: the data threads could not take this change: all died';
    assert.deepEqual(await attributed([{ kind: 'whole', message: 'all died' }]), [
      `file a.eskip until-retry: a.eskip:1:1: ${why}`,
      `file b.eskip until-retry: b.eskip:1:1: ${why}`,
    ]);
  });

  test('keep a file out until its text or the names change, or it is tried again', async () => {
    const inputs = inputsOf(files);
    const { routes, dropIns } = inputs;
    const refusals = attributeFaults([fault], await changed(inputs), inputs);
    routes.reject(refusals, dropIns.registry);
    assert.deepEqual(routes.rejected, refusals);
    assert.deepEqual(idsOf(await changed({ ...inputs, leftOut: new LeftOut(routes.rejected) })), ['a']);
    routes.reject(refusals, builtinRegistry());
    assert.deepEqual(routes.rejected, [], 'other names');
    routes.reject(refusals, dropIns.registry);
    routes.reconsider();
    assert.deepEqual(routes.rejected, [], 'another try');
    routes.setDesired('b.eskip', { name: 'b.eskip', text: files['b.eskip'] });
    routes.reject(refusals, dropIns.registry);
    assert.deepEqual(routes.rejected, [], 'another text');
  });
});
