import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fakeContext } from '../../test/kit/context.ts';
import {
  type AccessLogRule,
  accessLogRule,
  authUser,
  maskedQueryParams,
  type State,
  unverifiedAudit,
} from '../plugin/index.ts';
import type { ExchangeRecord } from '../proxy/index.ts';
import { accessLine } from './access-line.ts';
import { AccessLog, type AccessLogOptions } from './access-log.ts';
import { maskedTarget } from './masked-target.ts';

interface Case {
  status?: number;
  options?: Partial<AccessLogOptions>;
  target?: string;
  tell?: (state: State) => void;
  record?: Partial<ExchangeRecord>;
}

const RECORD = {
  id: 'x1',
  status: 200,
  routeId: 'r',
  bytesSent: 5,
  startedAt: 0,
  upstreamMs: 2.6,
  upstreamStatus: 0,
  lookupMs: 0.1,
  endpoint: null,
  errorCode: null,
  isFailureLogged: false,
};

/** What the log writes of one exchange, without the time. */
async function lineOf({ status = 200, options = {}, target = '/', tell, record = {} }: Case): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-'));
  const path = join(folder, 'access.log');
  const log = new AccessLog({ path, ...options });
  const { request, state } = fakeContext({ target, host: 'h.example' });
  tell?.(state);
  log.write({ ...RECORD, request, state, status, ...record }, 7);
  await log.close();
  const text = readFileSync(path, 'utf8');
  rmSync(folder, { recursive: true });
  return text.replace(/\[[^\]]*\]/, '[time]');
}

test('a line says who, what, how it ended and how long it took', async () => {
  assert.equal(
    await lineOf({ target: '/a?b=1' }),
    '192.0.2.1 - - [time] "GET /a?b=1 HTTP/1.1" 200 5 "-" "-" 7 h.example - - r - - x1 -\n',
  );
  const tell = (state: State): void => {
    state.set(authUser, 'ada lovelace');
    state.set(unverifiedAudit, 'sub"1');
  };
  assert.equal(
    await lineOf({ tell }),
    '192.0.2.1 - ada\\x20lovelace [time] "GET / HTTP/1.1" 200 5 "-" "-" 7 h.example - sub\\"1 r - - x1 -\n',
  );
  const json = JSON.parse(await lineOf({ tell, options: { format: 'json' } }));
  assert.deepEqual([json['auth-user'], json.audit, json.status], ['ada lovelace', 'sub"1', 200]);
});

test('a line says where the request went and under which id the application log speaks of it', async () => {
  const record = { endpoint: 'http://10.0.0.1:8080', errorCode: 'upstream-reset', isFailureLogged: true };
  assert.match(await lineOf({ status: 502, record }), / 502 5 .* r http:\/\/10\.0\.0\.1:8080 3 x1 x1\n$/);
  const json = JSON.parse(await lineOf({ status: 502, record, options: { format: 'json' } }));
  assert.deepEqual(
    [json.endpoint, json['upstream-duration'], json['request-id'], json['error-id'], json.error],
    ['http://10.0.0.1:8080', 3, 'x1', 'x1', 'upstream-reset'],
  );
  const quiet = JSON.parse(await lineOf({ status: 499, record: { errorCode: 'gone' }, options: { format: 'json' } }));
  assert.deepEqual([quiet['upstream-duration'], quiet['error-id'], quiet.error], ['', '', 'gone']);
});

test('no value ends the place that a format gives it', () => {
  const { request, state } = fakeContext();
  state.set(authUser, 'a] "b| c\',d');
  for (const [format, line] of [
    ['[${auth-user}]', '[a\\x5d \\"b| c\',d]'],
    ['"[${status}]" ${auth-user}', '"[200]" a]\\x20\\"b|\\x20c\',d'],
    ['"${auth-user}]"', '"a] \\"b| c\',d]"'],
    ['${auth-user}|${status}', 'a]\\x20\\"b\\x7c\\x20c\',d|200'],
    ["'${auth-user}',${status}", "'a]\\x20\\\"b|\\x20c\\x27,d',200"],
    ['${auth-user},${status}', 'a]\\x20\\"b|\\x20c\'\\x2cd,200'],
  ] as const)
    assert.equal(accessLine(format)({ ...RECORD, request, state, status: 200 }, 7), `${line}\n`);
});

test('a line can be written as the operator likes it', async () => {
  assert.equal(
    await lineOf({ target: '/a?b=1', options: { format: 'skipper' } }),
    '192.0.2.1 - - [time] "GET /a?b=1 HTTP/1.1" 200 5 "-" "-" 7 h.example - -\n',
  );
  const format = '${status} took ${duration}ms "${uri}" ${auth-user} ${request.header.X-None}$';
  assert.equal(
    await lineOf({ target: '/a b?c', options: { format }, tell: (state) => state.set(authUser, 'a "b') }),
    '200 took 7ms "/a b?c" a\\x20\\"b -$\n',
  );
  const stripped = await lineOf({ target: '/a;jsessionid=1?b', options: { format: '${uri}', stripQuery: true } });
  assert.equal(stripped, '/a;jsessionid=***\n');
  assert.equal(await lineOf({ options: { format: 'x' } }), 'x\n');
  const brackets = { target: '/a]b', options: { format: '[${uri}] "[${uri}]" ${uri}' } };
  // The time stands for what is within the first brackets, if it is one field.
  assert.equal(await lineOf(brackets), '[time] "[/a]b]" /a]b\n');
  for (const unknown of ['${stauts}', '${request.header.}', '${toString}']) {
    assert.throws(() => accessLine(unknown), /expected fields among host, .*request\.header\.NAME, found \$\{/);
  }
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
