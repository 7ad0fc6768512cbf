// Filters that every route gets: --default-filters-prepend and --default-filters-append.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Folder } from '../kit/folder.ts';
import { SluiceProcess, sluice } from '../kit/sluice-process.ts';

const ROUTES = `a: Path("/a") -> setResponseHeader("X-Own", "a") -> status(201) -> <shunt>;
b: Path("/b") -> status(202) -> <shunt>;`;

const mark = (value: string): string => `export const mark = {
  name: 'mark',
  create: () => ({ response(ctx) { ctx.response.headers.append('X-Mark', '${value}'); } }),
};`;

describe('default filters', { timeout: 120_000 }, () => {
  it('stand around the filters of every route, drop-ins among them, and follow their changes', async () => {
    await using folder = await Folder.make({ 'routes/a.eskip': ROUTES, 'filters/mark.js': mark('one') });
    const options = [
      ...['--default-filters-prepend', 'appendResponseHeader("X-Order", "first") -> mark()'],
      ...['--default-filters-append', 'appendResponseHeader("X-Order", "last")'],
      ...['--default-filters-append', 'setRequestHeader("X-Seen", "1")'],
    ];
    await using running = await SluiceProcess.run(options, { cwd: folder.path });
    for (const [target, status] of [
      ['/a', 201],
      ['/b', 202],
    ] as const) {
      const { status: got, headers } = await running.get(target);
      assert.deepEqual([got, headers['x-order'], headers['x-mark']], [status, 'last, first', 'one']);
    }
    assert.equal((await running.get('/c')).headers['x-order'], undefined);
    const { body } = await running.support('/routes?nopretty');
    assert.match(
      body,
      /a: Path\("\/a"\)\s*-> appendResponseHeader\("X-Order", "first"\)\s*-> mark\(\)\s*-> setResponseHeader\("X-Own", "a"\)/,
    );
    await folder.write('filters/mark.js', mark('two'));
    await running.untilAll('/b', ({ headers }) => headers['x-mark'] === 'two');
    await folder.write('routes/a.eskip', `${ROUTES} c: Path("/c") -> status(203) -> <shunt>;`);
    await running.untilAll('/c', ({ status, headers }) => status === 203 && headers['x-mark'] === 'two');
    // A drop-in that they need cannot go.
    await folder.write('filters/mark.js', mark('two').replace("'mark'", "'marc'"));
    await running.logged(
      /filters\/mark\.js:1:1: plugin: --default-filters-prepend:1:45 would break: unknown filter "mark"/,
    );
    assert.equal((await running.get('/a')).headers['x-mark'], 'two');
  });

  it('that are wrong keep Sluice from starting, and are told with the option and the column', async () => {
    const cases: [args: string[], said: RegExp][] = [
      [
        ['--default-filters-prepend', 'flowId("reuse") -> flowID()'],
        /option --default-filters-prepend:1:20: unknown-filter: unknown filter "flowID"; did you mean "flowId"\?/,
      ],
      [
        ['--default-filters-append', 'status("x")'],
        /option --default-filters-append:1:8: bad-argument: status: argument 1/,
      ],
      [['--default-filters-prepend', 'flowId( -> status(1)'], /option --default-filters-prepend:1:9: syntax: /],
    ];
    for (const [args, said] of cases) {
      const { code, err } = await sluice([
        'run',
        '--address',
        '127.0.0.1:0',
        '--inline-routes',
        ROUTES,
        '--support-listener=',
        ...args,
      ]);
      assert.match(err, said);
      assert.equal(code, 2);
      assert.doesNotMatch(err, /serving/);
    }
  });

  it('that only their making finds wrong are named where a route cannot be made', async () => {
    await using folder = await Folder.make({ 'routes/a.eskip': ROUTES });
    await using started = new SluiceProcess(
      [
        'run',
        '--address',
        '127.0.0.1:0',
        '--support-listener=',
        '--default-filters-prepend',
        'static("/", "/nowhere")',
      ],
      { cwd: folder.path },
    );
    await started.logged(/routes\/a\.eskip:1:1: bad-argument: a default filter: /);
  });
});
