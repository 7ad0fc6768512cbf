import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ask } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { type RecordingOrigin, startRecordingOrigin } from '../kit/recording-origin.ts';
import { SluiceProcess } from '../kit/sluice-process.ts';

const FLAGS = [
  ...['--metrics-prefix', 'skipper.', '--histogram-metric-buckets', '0.001,1,60'],
  ...['--serve-route-counter', '--serve-host-metrics', '--serve-host-counter', '--serve-method-metric=false'],
  ...['--access-log-disabled', '--workers', '1'],
];

describe('metrics', { timeout: 60_000 }, () => {
  let origin: RecordingOrigin;
  let running: SluiceProcess;

  before(async () => {
    origin = await startRecordingOrigin();
    const routes = `a: Path("/a") -> "http://127.0.0.1:${origin.port}"; own: Path("/own") -> status(503) -> <shunt>;`;
    running = await SluiceProcess.run([...FLAGS, '--inline-routes', routes]);
    const { port } = running;
    for (const method of ['GET', 'PUT']) await ask({ port, target: '/a', method, headers: { Host: 'Shop.example' } });
    await ask({ port, target: '/own', headers: { Host: 'other.example' } });
    await ask({ port, target: '/nowhere', headers: { Host: 'other.example' } });
    // A thread counts a request after its last byte is out.
    const all = 'skipper_route_lookup_duration_seconds_count';
    await eventually('all to be counted', async () => (await running.metric(all)) === 4);
  });

  after(async () => {
    await running[Symbol.asyncDispose]();
    await origin.close();
  });

  const VALUES: readonly (readonly [series: string, value: number | null])[] = [
    ['response_duration_seconds_count{code="200",method="PUT",route="a"}', 1],
    ['serve_route_duration_seconds_count{code="200",route="a"}', 2],
    ['serve_route_duration_seconds_bucket{code="200",route="a",le="60"}', 2],
    ['serve_route_duration_seconds_bucket{code="200",route="a",le="0.005"}', null],
    ['serve_route_count{code="200",route="a"}', 2],
    ['serve_host_duration_seconds_count{code="200",host="shop.example"}', 2],
    ['serve_host_count{code="503",host="other.example"}', 1],
    ['serve_host_count{code="404",host="other.example"}', 1],
    ['response_size_bytes_count{host="shop.example"}', 2],
    ['backend_duration_seconds_count{route="a"}', 2],
    ['backend_combined_duration_seconds_count', 2],
    ['backend_5xx_duration_seconds_count', 0],
    ['proxy_total_duration_seconds_count', 4],
    ['route_error_total', 1],
    ['reload_duration_seconds_count', 1],
    ['custom_gauges{key="routes.total"}', 2],
    ['requests_in_flight', 0],
    [`build_info{version="0.1.0",node="${process.version}"}`, 1],
  ];
  for (const [series, value] of VALUES) {
    it(`${series} is ${value}`, async () => assert.equal(await running.metric(`skipper_${series}`), value));
  }

  it('tell of each thread how late its loop is, how busy, and how full its heap', async () => {
    const { body } = await running.support('/metrics');
    const values = new Map(
      [...body.matchAll(/^skipper_thread_(\w+)\{thread="\d+"(?:,quantile="([\d.]+)")?\} (\S+)$/gm)].map(
        ([, name, quantile = '', value]) => [name + quantile, Number(value)],
      ),
    );
    const delays = ['0.5', '0.9', '0.99'].map((quantile) => values.get(`event_loop_delay_seconds${quantile}`));
    assert.ok(delays.every((delay) => delay !== undefined && delay >= 0 && delay < 60));
    const busy = values.get('event_loop_utilization') as number;
    assert.ok(busy >= 0 && busy <= 1);
    assert.ok((values.get('heap_used_bytes') as number) > 2 ** 20);
  });

  it('count answers of backends with a 5xx status apart', async () => {
    origin.reply = { status: 503 };
    await ask({ port: running.port, target: '/a' });
    const failed = 'skipper_backend_5xx_duration_seconds_count';
    await eventually('the answer to be counted', async () => (await running.metric(failed)) === 1);
  });
});

describe('options of metrics', () => {
  for (const [flags, told] of [
    [['--metrics-prefix', 'a-b'], /--metrics-prefix: expected a name such as "sluice" or "skipper\.", found "a-b"/],
    [['--histogram-metric-buckets', '1,0.5'], /--histogram-metric-buckets: expected ascending numbers above 0/],
    [['--histogram-metric-buckets', '1,x'], /found "1,x"/],
    [['--access-log-format', '${stats}'], /--access-log-format: expected fields among host, .* found \$\{stats\}/],
  ] as const) {
    it(`${flags.join(' ')} is refused`, async () => {
      await assert.rejects(SluiceProcess.run(flags), told);
    });
  }
});
