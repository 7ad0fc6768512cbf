// Logins with oauthGrant: a real provider, a proxy, and a client that follows redirects and sends forms.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Browser, type Page } from '../kit/browser.ts';
import { type Answer, ask } from '../kit/client.ts';
import { startJsonServer } from '../kit/json-server.ts';
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

  interface Differing {
    behind?: string;
    before?: string;
    /** Settings that take the place of those of the same name; an empty one takes it away. */
    settings?: readonly string[];
  }

  function route({ behind = '', before = '', settings: others = [] }: Differing = {}): void {
    const { issuer } = provider;
    const usual = [
      ...[
        `auth=${issuer}/auth`,
        `token=${issuer}/token`,
        `revoke=${issuer}/token/revocation`,
        `tokeninfo=${issuer}/me`,
      ],
      ...[`issuer=${issuer}`, 'id=gateway', 'secret=secret', 'secrets=test/fixtures/oidc-secrets', 'insecure=true'],
      ...['subject=sub', 'header=X-Token', 'parameters=scope=openid email offline_access,prompt=consent'],
    ];
    const nameOf = (setting: string): string => setting.slice(0, setting.indexOf('='));
    const settings = [...usual.filter((each) => !others.some((other) => nameOf(other) === nameOf(each))), ...others];
    const args = settings
      .filter((setting) => !setting.endsWith('='))
      .map((setting) => JSON.stringify(setting))
      .join(', ');
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
    route({
      behind: '-> forwardToken("X-Facts", "sub", "email") -> grantClaimsQuery("/:@_:email%\\"*@example.org\\"")',
    });
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
    route({ before: '-> annotate("oauthGrant.loginRedirectStub", "go to {authCodeURL}")' });
    const response = await fetch(`${site}/`);
    assert.equal(response.status, 200);
    const url = response.headers.get('x-auth-code-url') ?? '';
    assert.equal(await response.text(), `go to ${url}`);
    assert.ok(url.startsWith(`${provider.issuer}/auth?`));
  });

  /** The Cookie field of a browser. */
  const cookieField = (browser: Browser): string =>
    [...browser.cookiesOf(new URL(site).host)].map(([name, value]) => `${name}=${value}`).join('; ');

  /** Opens a page and follows nothing. */
  const visit = (target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
    ask({ port: proxy.port, target, method, headers: { 'Sec-Fetch-Mode': 'navigate', ...headers } });

  test('a renewed token is used as long as it lasts, and a renewal that is refused means a new login', async (t) => {
    route({ settings: ['tokeninfo='] });
    const browser = new Browser();
    await logIn(browser, '/');
    const first = cookieField(browser);
    let now = Date.now();
    t.mock.timers.enable({ apis: ['Date'], now });
    const tokenLater = async (): Promise<string> => {
      t.mock.timers.setTime((now += 700_000));
      // Always the first cookie: the refresh token in it is good for more than one use.
      assert.equal((await visit('/', { Cookie: first })).status, 200);
      return String(origin.received.at(-1)?.headers['x-token']);
    };
    const tokens = new Set([String(origin.received[0]?.headers['x-token']), await tokenLater(), await tokenLater()]);
    assert.equal(tokens.size, 3, 'each is another token');

    const server = await startJsonServer({ '/token': () => ({ status: 400, json: { error: 'invalid_grant' } }) });
    t.after(() => server.close());
    route({ settings: ['tokeninfo=', `token=${server.url}/token`] });
    t.mock.timers.setTime((now += 700_000));
    const refused = await visit('/', { Cookie: cookieField(browser) });
    assert.equal(refused.status, 307);
    assert.ok(refused.headers.location?.startsWith(`${provider.issuer}/auth?`));
    server.answers['/token'] = () => ({ status: 500 });
    assert.equal((await visit('/', { Cookie: cookieField(browser) })).status, 503, 'a failure is no refusal');
    assert.equal(origin.received.length, 0);
  });

  test('a login at one provider is none at another', async () => {
    route();
    const browser = new Browser();
    await logIn(browser, '/');
    const Cookie = cookieField(browser);
    assert.equal((await visit('/', { Cookie })).status, 200);
    for (const setting of ['issuer=https://b.example', 'auth=https://b.example/auth', 'id=other']) {
      route({ settings: [setting] });
      assert.equal((await visit('/', { Cookie })).status, 307, setting);
    }
    assert.equal(origin.received.length, 0);
  });

  test('a host that nobody can be sent back to is a bad request', async () => {
    route();
    for (const Host of ['a.x:99999', 'a.1.2.3.4.5']) assert.equal((await visit('/', { Host })).status, 400, Host);
  });

  test('others cannot log a user out, and a copy of his cookies is worth nothing when he has', async () => {
    route({ settings: ['tokeninfo=', 'revoke='] });
    const browser = new Browser();
    await logIn(browser, '/');
    const Cookie = cookieField(browser);
    const UNWANTED: [method: string, headers: Record<string, string>][] = [
      ['GET', { 'Sec-Fetch-Site': 'cross-site' }],
      ['POST', { 'Sec-Fetch-Site': 'cross-site' }],
      ['GET', { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'no-cors' }],
      ['GET', { 'Sec-Fetch-Site': 'same-origin', 'Sec-Purpose': 'prefetch' }],
      ['POST', { Origin: 'https://evil.example' }],
      ['POST', { Origin: 'null' }],
      ['GET', { Referer: 'https://evil.example/' }],
      ['GET', {}],
    ];
    for (const [method, headers] of UNWANTED) {
      const answer = await visit('/logout', { Cookie, ...headers }, method);
      assert.deepEqual([answer.status, answer.headers['set-cookie']], [403, undefined], JSON.stringify(headers));
      assert.equal((await visit('/', { Cookie })).status, 200);
    }
    const goodbye = await visit('/logout', { Cookie, Origin: site }, 'POST');
    assert.equal(goodbye.status, 200);
    assert.match(goodbye.headers['set-cookie']?.[0] ?? '', /^oauth-granta=; .*Max-Age=0/);
    assert.equal((await visit('/', { Cookie })).status, 307);
    const again = new Browser();
    await logIn(again, '/');
    assert.equal((await again.open(`${site}/logout`, { from: `${site}/` })).status, 200, 'a link of the site does too');
  });
});
