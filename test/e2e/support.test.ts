import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../kit/eventually.ts';
import { Folder } from '../kit/folder.ts';
import { freePort } from '../kit/origin.ts';
import { SluiceProcess } from '../kit/sluice-process.ts';

/** Says which data thread answered, and counts. */
const WHO = `import { threadId } from 'node:worker_threads';
export const who = {
  name: 'who',
  create: (_, { metrics }) => ({
    request(ctx) {
      metrics.count('who.asked');
      ctx.serve({ status: 200, body: String(threadId) });
    },
  }),
};`;

const BROKEN = 'x: Path("/x") -> nope() -> <shunt>;';
const REPORT = `routes/broken.eskip:1:18: unknown-filter: unknown filter "nope"\n${BROKEN}\n                 ^^^^`;

describe('the support listener', { timeout: 180_000 }, () => {
  let folder: Folder;
  let running: SluiceProcess;

  before(async () => {
    folder = await Folder.make({
      'routes/a.eskip': `a: Path("/a") && Method("GET") -> status(201) -> <shunt>; who: Path("/who") -> who() -> <shunt>;
        dead: Path("/dead") -> "http://127.0.0.1:${await freePort()}";`,
      'routes/broken.eskip': BROKEN,
      'filters/who.ts': WHO,
    });
    running = await SluiceProcess.run(['--access-log-disabled', '--allow-broken-start'], { cwd: folder.path });
  });

  after(async () => {
    await running[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  it('shows the routes in use as eskip', async () => {
    const pretty = await running.support('/routes?limit=1');
    assert.equal(pretty.body, 'a: Path("/a") && Method("GET")\n  -> status(201)\n  -> <shunt>;\n');
    assert.equal(pretty.headers['x-count'], '3');
    assert.match(pretty.headers['content-type'] ?? '', /^text\/plain/);
    const timestamp = pretty.headers['x-timestamp'];
    const second = await running.support(`/routes?offset=1&limit=1&nopretty&timestamp=${timestamp}`);
    assert.equal(second.body, 'who: Path("/who") -> who() -> <shunt>;\n');
    assert.deepEqual(
      [(await running.support('/routes?offset=9')).body, (await running.support('/routes')).status],
      ['', 200],
    );
    for (const query of ['timestamp=1', 'limit=-1', 'offset=x']) {
      assert.equal((await running.support(`/routes?${query}`)).status, 400, query);
    }
  });

  it("shows the routes as Skipper's JSON to those who accept it", async () => {
    const { body, headers } = await running.support('/routes?limit=1', { Accept: 'application/json, */*;q=0.1' });
    assert.match(headers['content-type'] ?? '', /^application\/json/);
    assert.deepEqual(JSON.parse(body), [
      {
        id: 'a',
        backend: { type: 'shunt' },
        predicates: [
          { name: 'Method', args: ['GET'] },
          { name: 'Path', args: ['/a'] },
        ],
        filters: [{ name: 'status', args: [201] }],
      },
    ]);
  });

  it('shows what is wrong: on its page, in the health and as a metric', async () => {
    assert.equal((await running.support('/routes?invalid=true')).body, `${REPORT}\n`);
    const message = 'unknown filter "nope"';
    const place = { source: 'routes/broken.eskip', line: 1, column: 18 };
    const problems = [{ ...place, code: 'unknown-filter', message, text: REPORT }];
    const json = await running.support('/routes?invalid=true', { Accept: 'application/json' });
    assert.deepEqual(JSON.parse(json.body), problems);
    assert.equal(json.headers['x-count'], '1');
    const threads = [0, 1].map((thread) => ({ thread, state: 'serving' }));
    const health = await running.support('/health');
    assert.equal(health.status, 200);
    assert.deepEqual(JSON.parse(health.body), {
      status: 'degraded',
      ready: true,
      routes: 3,
      problems,
      warnings: [],
      threads,
    });
    assert.equal(await running.metric('sluice_invalid_sources{source="routes/broken.eskip"}'), 1);
  });

  it('adds the metrics of all threads up, by route, method and status', async () => {
    const threads = new Set<string>();
    let asked = 0;
    while (threads.size < 2 || asked < 30) {
      threads.add((await running.get('/who')).body);
      asked++;
    }
    for (const target of ['/a', '/a', '/nowhere', '/dead']) await running.get(target);
    const count = (code: number, route: string): string =>
      `sluice_response_duration_seconds_count{code="${code}",method="GET",route="${route}"}`;
    // A thread counts a request after its last byte is out.
    await eventually('all to be counted', async () => (await running.metric(count(200, 'who'))) === asked);
    assert.equal(await running.metric('sluice_custom_total{key="who.asked"}'), asked);
    assert.equal(await running.metric(count(201, 'a')), 2);
    assert.equal(await running.metric(count(404, '_unknownroute_')), 1);
    assert.equal(await running.metric('sluice_route_error_total'), 1);
    assert.equal(await running.metric(count(502, 'dead')), 1);
    assert.equal(await running.metric('sluice_backend_error_total{route="dead"}'), 1);
    const buckets = 'sluice_response_duration_seconds_bucket{code="200",method="GET",route="who",le="+Inf"}';
    assert.equal(await running.metric(buckets), asked);
    assert.equal(await running.metric('sluice_threads'), 2);
    assert.equal(await running.metric('sluice_routes'), 3);
  });

  it('writes metrics that Prometheus can read', async () => {
    const { body, headers } = await running.support('/metrics');
    assert.match(headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
    const sample = /^[a-z_:][\w:]*(\{\w+="[^"]*"(,\w+="[^"]*")*\})? (-?[\d.e+-]+|nan)$/i;
    const odd = body.split('\n').filter((line) => line !== '' && !line.startsWith('# ') && !sample.test(line));
    assert.deepEqual(odd, []);
    const families = body.match(/^# TYPE \S+/gm) ?? [];
    assert.equal(new Set(families).size, families.length);
  });

  it('shows no secrets: not of routes, not of files with mistakes, not in the log', async () => {
    const secret = 'Tr0ub4dor';
    const calls = [
      `setRequestHeader("Authorization", "Bearer ${secret}")`,
      `setQuery("access_token", "${secret}")`,
      `guarded("${secret}")`,
    ];
    const route = `r: Path("/r") && Header("X-Api-Key", "${secret}") -> ${calls.join(' -> ')} -> <shunt>;`;
    await using own = await Folder.make({
      'routes/a.eskip': route,
      'filters/guarded.js': `import { arg, defineFilter } from 'sluice';
        export const guarded = defineFilter({ name: 'guarded', summary: '', examples: [], args: [arg.string('key', { secret: true })], create: () => ({}) });`,
    });
    await using process = await SluiceProcess.run([], { cwd: own.path });
    const pages = async (): Promise<string> => {
      const json = { Accept: 'application/json' };
      const asked = ['/routes', '/routes?nopretty', '/routes?invalid=true', '/health', '/ready', '/metrics'];
      const answers = await Promise.all(asked.flatMap((page) => [process.support(page), process.support(page, json)]));
      return answers.map(({ body }) => body).join('\n');
    };
    assert.match(await pages(), /setRequestHeader\("Authorization", "\*\*\*"\).*guarded\("\*\*\*"\)/s);
    assert.ok(!(await pages()).includes(secret));
    for (const [line, wrong] of [
      ['unknown-filter', route.replace('setQuery', 'setQuerry')],
      ['syntax', route.replace(') ->', ' ->')],
      ['syntax', route.replaceAll('Header(', 'Header(,')],
      ['bad-argument', route.replace(/guarded\((.*?)\)/, 'guarded($1, $1)')],
    ] as const) {
      const from = process.err.length;
      await own.write('routes/a.eskip', `// ${line}\n${wrong}`);
      await process.logged(new RegExp(`ERROR routes/a\\.eskip:2:.*${line}`), from);
      const shown = await pages();
      assert.ok(shown.includes(line) && !shown.includes(secret), shown);
    }
    assert.ok(!process.err.includes(secret), process.err);
  });

  it('is asked under addresses and names of this machine, or those that are allowed', async () => {
    const args = ['--allow-broken-start', '--support-listener-hosts', 'sluice.example,Metrics.example'];
    await using named = await SluiceProcess.run(args, { cwd: folder.path });
    const status = async (process: SluiceProcess, host: string): Promise<number> =>
      (await process.support('/health', { Host: host })).status;
    for (const host of ['127.0.0.1', 'localhost:9911', '[::1]:9911', '10.1.2.3:9911', 'LOCALHOST', 'a.localhost'])
      assert.equal(await status(running, host), 200, host);
    for (const host of [
      'evil.example',
      'evil.example:9911',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      'sluice.example',
    ])
      assert.equal(await status(running, host), 421, host);
    assert.match(
      (await running.support('/routes', { Host: 'evil.example' })).body,
      /"evil\.example".*--support-listener-hosts/,
    );
    for (const host of ['sluice.example:9911', 'metrics.example']) assert.equal(await status(named, host), 200, host);
    assert.equal(await status(named, 'evil.example'), 421);
  });

  it('only reads, and knows four pages', async () => {
    assert.equal((await running.support('/ready')).body, 'ready\n');
    const lost = await running.support('/route');
    assert.deepEqual([lost.status, lost.body], [404, 'there are /routes, /metrics, /health, /ready\n']);
    const post = await running.support('/routes', {}, 'POST');
    assert.deepEqual([post.status, post.headers.allow], [405, 'GET, HEAD']);
    const [get, head] = [await running.support('/routes'), await running.support('/routes', {}, 'HEAD')];
    assert.deepEqual([head.body, head.headers['content-length']], ['', get.headers['content-length']]);
  });
});
