// What only making a filter finds out is told like what its schema finds out: with filter, argument and place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command } from '../kit/command.ts';

const PROVIDER = '"auth=http://127.0.0.1:1/auth", "token=http://127.0.0.1:1/token"';

const FAULTS: [call: string, argument: string, message: string][] = [
  [
    'basicAuth("/none")',
    '"/none"',
    'basicAuth: argument 1 (file): expected the path of a file that can be read, found "/none": there is no such file',
  ],
  [
    'basicAuth("package.json")',
    '"package.json"',
    'basicAuth: argument 1 (file): the file "package.json" cannot be used: line 1: expected "user:hash" with a bcrypt (cost 4 to 17), {SHA} or $apr1$ hash',
  ],
  [
    'bearerinjector("test")',
    '"test"',
    'bearerinjector: argument 1 (file): expected the path of a file that can be read, found "test": it is a folder',
  ],
  [
    `oauthGrant(${PROVIDER}, "id=gateway", "secret=secretRef:/none")`,
    '"secret=secretRef:/none"',
    'oauthGrant: argument 4 (option): expected the path of a file that can be read, found "/none": there is no such file',
  ],
  [
    `oauthGrant(${PROVIDER}, "id=gateway", "secret=x", "secrets=/none")`,
    '"secrets=/none"',
    'oauthGrant: argument 5 (option): expected the path of a file that can be read, found "/none": there is no such file',
  ],
  [
    'oauthTokeninfoValidate("url=http://127.0.0.1:1/", "{optOut: 1}")',
    '"{optOut',
    'oauthTokeninfoValidate: argument 2 (rules): unknown rule "optOut"',
  ],
  [
    'oauthTokeninfoAnyScope("read")',
    'oauthTokeninfoAnyScope',
    'oauthTokeninfoAnyScope: expected "url=…" as the first argument, or the environment variable SLUICE_OAUTH2_TOKENINFO_URL',
  ],
  ...[
    ['insecure=yes', 'expected "true" or "false", found "yes"'],
    ['callback=back', 'expected a path such as "/callback", found "back"'],
    ['subdomains=two', 'expected a digit, found "two"'],
    ['cookie=a b', 'expected a cookie name, found "a b"'],
    ['header=Connection', 'expected a header that filters may write; Connection belongs to the connection'],
    ['revoke=/revoke', 'expected a URL such as "https://auth.example", found "/revoke"'],
  ].map(([setting, message]): (typeof FAULTS)[number] => [
    `oauthGrant(${PROVIDER}, "id=gateway", "secret=x", "secrets=test/fixtures/oidc-secrets", "${setting}")`,
    `"${setting}"`,
    `oauthGrant: argument 6 (option): ${message}`,
  ]),
  [
    'webhook("http://127.0.0.1:1/", "X-User, Content-Length")',
    '"X-User,',
    'webhook: argument 2 (headers): expected a header that filters may write; Content-Length belongs to the connection',
  ],
  [
    'webhook("http://me:secret@127.0.0.1:1/")',
    '"http',
    'webhook: argument 1 (url): expected a URL without user name and password',
  ],
];

for (const [call, argument, message] of FAULTS) {
  test(`check tells what is wrong with ${call}`, async () => {
    const { code, out } = await command(['check', '--json', '-'], `r: * -> ${call} -> <shunt>;`);
    assert.equal(code, 1);
    const [finding] = JSON.parse(out);
    assert.equal(finding.message, message);
    assert.deepEqual([finding.line, finding.column], [1, 9 + call.indexOf(argument)]);
  });
}
