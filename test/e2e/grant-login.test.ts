// Logins with oauthGrant: a real provider, a proxy, and a client that follows redirects and sends forms.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Browser, type Page } from '../kit/browser.ts';
import { startTestProvider, type TestProvider } from '../kit/oidc-provider.ts';
import { startTestProxy, type TestProxy } from '../kit/proxy.ts';
import { type RecordingOrigin, startRecordingOrigin } from '../kit/recording-origin.ts';

const CALLBACK = '/.well-known/oauth2-callback';

suite('logins with the OAuth 2 grant flow', () => {
  let origin: RecordingOrigin;
  let proxy: TestProxy;
  let provider: TestProvider;
  let site: string;

  before(async () => {
    origin = await startRecordingOrigin();
    proxy = await startTestProxy('');
    site = `http://127.0.0.1:${proxy.port}`;
    provider = await startTestProvider([`${site}${CALLBACK}`]);
  });
  after(async () => {
    await proxy.close();
    await provider.close();
    await origin.close();
  });

  function route(behind = '', before = ''): void {
    const { issuer } = provider;
    const settings = [
      ...[
        `auth=${issuer}/auth`,
        `token=${issuer}/token`,
        `revoke=${issuer}/token/revocation`,
        `tokeninfo=${issuer}/me`,
      ],
      ...[`issuer=${issuer}`, 'id=gateway', 'secret=secret', 'secrets=test/fixtures/oidc-secrets', 'insecure=true'],
      ...['subject=sub', 'header=X-Token', 'parameters=scope=openid email offline_access,prompt=consent'],
    ];
    const args = settings.map((setting) => JSON.stringify(setting)).join(', ');
    proxy.route(`
      callback: Path("${CALLBACK}") -> grantCallback(${args}) -> <shunt>;
      logout: Path("/logout") -> grantLogout(${args}) -> status(200) -> <shunt>;
      app: * ${before} -> oauthGrant(${args}) ${behind} -> "http://127.0.0.1:${origin.port}";
    `);
    origin.received.length = 0;
    origin.reply = { body: 'the application' };
  }

  async function logIn(browser: Browser, target: string): Promise<Page> {
    const form = await browser.open(`${site}${target}`);
    return browser.submit(await browser.submit(form, { login: 'ada', password: 'x' }), {});
  }

  const cookiesOf = (browser: Browser): string[] => [...browser.cookiesOf(new URL(site).host).keys()];

  test('a user logs in, is renewed, and logs out', async (t) => {
    route('-> forwardToken("X-Facts", "sub", "email") -> grantClaimsQuery("/:@_:email%\\"*@example.org\\"")');
    const browser = new Browser();
    const page = await logIn(browser, '/page?q=1');
    assert.deepEqual([page.url, page.status, page.text], [`${site}/page?q=1`, 200, 'the application']);
    const first = origin.received[0] ?? assert.fail();
    assert.equal(first.headers['x-facts'], '{"sub":"ada","email":"ada@example.org"}');
    assert.equal(first.headers.cookie, undefined);
    assert.deepEqual(cookiesOf(browser), ['oauth-granta']);

    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 700_000 });
    const pages = await Promise.all(['/a', '/b', '/c'].map((path) => browser.open(`${site}${path}`)));
    assert.deepEqual(
      pages.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.ok(pages.every(({ setCookies }) => setCookies.some((line) => line.startsWith('oauth-granta='))));
    const tokens = new Set(origin.received.slice(1).map(({ headers }) => headers['x-token']));
    assert.equal(tokens.size, 1, 'renewed once');
    assert.ok(!tokens.has(first.headers['x-token']));

    const goodbye = await browser.open(`${site}/logout`);
    assert.equal(goodbye.status, 200);
    assert.deepEqual(cookiesOf(browser), []);
    const info = await fetch(`${provider.issuer}/me`, { headers: { Authorization: String([...tokens][0]) } });
    assert.equal(info.status, 401, 'the token is called back');
    assert.equal((await browser.open(`${site}/logout`)).status, 401);
  });

  test('a token that was called back means a new login', async () => {
    route();
    const browser = new Browser();
    await logIn(browser, '/');
    const token = String(origin.received[0]?.headers['x-token']).replace('Bearer ', '');
    await fetch(`${provider.issuer}/token/revocation`, {
      method: 'POST',
      headers: { Authorization: `Basic ${btoa('gateway:secret')}` },
      body: new URLSearchParams({ token }),
    });
    const page = await browser.open(`${site}/`);
    assert.ok(page.url.startsWith(provider.issuer));
    assert.equal(origin.received.length, 1);
  });

  test('a page may stand in for the redirect', async () => {
    route('', '-> annotate("oauthGrant.loginRedirectStub", "go to {authCodeURL}")');
    const response = await fetch(`${site}/`);
    assert.equal(response.status, 200);
    const url = response.headers.get('x-auth-code-url') ?? '';
    assert.equal(await response.text(), `go to ${url}`);
    assert.ok(url.startsWith(`${provider.issuer}/auth?`));
  });
});
