import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fakeContext } from '../../test/kit/context.ts';
import type { AccessLogRule, State } from '../plugin/index.ts';
import { accessLogRule, authUser, maskedQueryParams, unverifiedAudit } from '../plugin/index.ts';
import { AccessLog, type AccessLogOptions } from './access-log.ts';
import { maskedTarget } from './masked-target.ts';

interface Case {
  status?: number;
  options?: Partial<AccessLogOptions>;
  target?: string;
  tell?: (state: State) => void;
}

/** What the log writes of one exchange, without the time. */
async function lineOf({ status = 200, options = {}, target = '/', tell }: Case): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-'));
  const path = join(folder, 'access.log');
  const log = new AccessLog({ path, json: false, stripQuery: false, ...options });
  const { request, state } = fakeContext({ target, host: 'h.example' });
  tell?.(state);
  log.write({ request, state, status, routeId: 'r', bytesSent: 5, startedAt: 0, upstreamMs: 0 }, 7);
  await log.close();
  const text = readFileSync(path, 'utf8');
  rmSync(folder, { recursive: true });
  return text.replace(/\[[^\]]*\]/, '[time]');
}

test('a line says who, what, how it ended and how long it took', async () => {
  assert.equal(
    await lineOf({ target: '/a?b=1' }),
    '192.0.2.1 - - [time] "GET /a?b=1 HTTP/1.1" 200 5 "-" "-" 7 h.example - -\n',
  );
  const tell = (state: State): void => {
    state.set(authUser, 'ada lovelace');
    state.set(unverifiedAudit, 'sub"1');
  };
  assert.equal(
    await lineOf({ tell }),
    '192.0.2.1 - ada\\x20lovelace [time] "GET / HTTP/1.1" 200 5 "-" "-" 7 h.example - sub\\"1\n',
  );
  const json = JSON.parse(await lineOf({ tell, options: { json: true } }));
  assert.deepEqual([json['auth-user'], json.audit, json.status], ['ada lovelace', 'sub"1', 200]);
});

test('the rule of the route decides, else the option', async () => {
  const cases: [status: number, rule: AccessLogRule | null, offByDefault: boolean, written: boolean][] = [
    [200, null, false, true],
    [200, null, true, false],
    [200, { writes: true, statusPrefixes: [] }, true, true],
    [200, { writes: false, statusPrefixes: [] }, false, false],
    [200, { writes: false, statusPrefixes: [2] }, false, false],
    [500, { writes: false, statusPrefixes: [2] }, false, true],
    [404, { writes: true, statusPrefixes: [5, 404] }, false, true],
    [403, { writes: true, statusPrefixes: [5, 404] }, false, false],
    [409, { writes: true, statusPrefixes: [40] }, false, true],
    [410, { writes: true, statusPrefixes: [40] }, false, false],
  ];
  for (const [status, rule, offByDefault, written] of cases) {
    const line = await lineOf({
      status,
      options: { offByDefault },
      tell: (state) => rule !== null && state.set(accessLogRule, rule),
    });
    assert.equal(line !== '', written, `${status} ${JSON.stringify(rule)} ${offByDefault}`);
  }
});

test('values of masked parameters are hashes', async () => {
  const names = new Set(['to ken', 'b']);
  for (const target of ['/a', '/a?', '/a?b']) assert.equal(maskedTarget(target, names), target);
  const encoded = maskedTarget('/a?c=%20&to+ken=a%41&&b=', names);
  assert.match(encoded, /^\/a\?c=%20&to\+ken=[0-9a-f]{16}&&b=e3b0c44298fc1c14$/);
  assert.equal(encoded, maskedTarget('/a?c=%20&to%20ken=aA&&b=', names).replace('%20ken', '+ken'));
  const line = await lineOf({ target: '/?b=1', tell: (state) => state.set(maskedQueryParams, names) });
  assert.match(line, /GET \/\?b=[0-9a-f]{16} HTTP/);
});
