import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fakeContext } from '../../test/kit/context.ts';
import { AccessLog } from './access-log.ts';
import { RequestMetrics } from './request-metrics.ts';
import { RequestObserver } from './request-observer.ts';

test('a copy counts as a call to the backend, not as a response, and has no line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-'));
  const path = join(folder, 'access.log');
  const accessLog = new AccessLog({ path });
  const metrics = new RequestMetrics();
  const { log, request, state } = fakeContext();
  request.shadowLabel = 'copy';
  new RequestObserver(metrics, accessLog, log).finished(
    {
      ...{ request, state, id: 'x1', routeId: 'r', status: 200, bytesSent: 0, startedAt: 0, upstreamMs: 5 },
      ...{ endpoint: 'http://h.example', upstreamStatus: 200, lookupMs: 0.1, errorCode: null, isFailureLogged: false },
    },
    null,
  );
  await accessLog.close();
  assert.equal(readFileSync(path, 'utf8'), '');
  rmSync(folder, { recursive: true });
  const counted = new Map(metrics.snapshot('t').map(({ name, values }) => [name, values.length > 0]));
  assert.equal(counted.get('t_response_duration_seconds'), false);
  assert.equal(counted.get('t_backend_duration_seconds'), true);
});
