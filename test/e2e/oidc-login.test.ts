// Logins with the oauthOidc filters: a real provider, a proxy, and a client that follows redirects and sends forms.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Browser, type Page } from '../kit/browser.ts';
import { type Answer, ask } from '../kit/client.ts';
import { startTestProvider, type TestProvider } from '../kit/oidc-provider.ts';
import { startTestProxy, type TestProxy } from '../kit/proxy.ts';
import { type RecordingOrigin, startRecordingOrigin } from '../kit/recording-origin.ts';

suite('logins with OpenID Connect', () => {
  let origin: RecordingOrigin;
  let proxy: TestProxy;
  let provider: TestProvider;
  let site: string;

  before(async () => {
    origin = await startRecordingOrigin();
    proxy = await startTestProxy('');
    site = `http://127.0.0.1:${proxy.port}`;
    provider = await startTestProvider([`${site}/app/callback`]);
  });
  after(async () => {
    await proxy.close();
    await provider.close();
    await origin.close();
  });

  function login(filter: string, claims: string, headers: string, behind = ''): void {
    const args = [
      provider.issuer,
      'gateway',
      'secret',
      `${site}/app/callback`,
      'email',
      claims,
      'ui_locales=en',
      headers,
    ];
    const shown = [...args, '0', 'session', 'secrets=test/fixtures/oidc-secrets'].map((arg) => JSON.stringify(arg));
    proxy.route(
      `app: PathSubtree("/app") -> ${filter}(${shown.join(', ')}) ${behind} -> "http://127.0.0.1:${origin.port}"`,
    );
    origin.received.length = 0;
    origin.reply = { body: 'the application' };
  }

  async function logIn(browser: Browser, target: string): Promise<Page> {
    const form = await browser.open(`${site}${target}`);
    assert.match(form.text, /name="login"/, form.text);
    const consent = await browser.submit(form, { login: 'ada', password: 'x' });
    return browser.submit(consent, {});
  }

  /** Opens a page and follows nothing. */
  const visit = (target: string, headers: Record<string, string> = {}): Promise<Answer> =>
    ask({ port: proxy.port, target, headers: { 'Sec-Fetch-Mode': 'navigate', ...headers } });

  test('a user logs in, comes back to where he wanted to go, and stays logged in', async () => {
    login('oauthOidcUserInfo', 'email', 'X-User:claims.sub X-Mail:userInfo.email X-Ghost:claims.ghost');
    const browser = new Browser();
    const page = await logIn(browser, '/app/page?q=1');
    assert.equal(page.url, `${site}/app/page?q=1`);
    assert.deepEqual([page.status, page.text], [200, 'the application']);
    assert.equal(origin.received.length, 1, 'nothing but the page itself reached the application');
    assert.equal(origin.received[0]?.target, '/app/page?q=1');

    const host = new URL(site).host;
    browser.cookiesOf(host).set('mine', '1');
    const again = await browser.open(`${site}/app/other`, {
      headers: {
        'X-User': 'root',
        'X-Ghost': 'boo',
        'Skipper-Oidc-Info': '{"subject":"root"}',
        Skipper_Oidc_Info: '{}',
      },
    });
    assert.equal(again.status, 200);
    const { headers } = origin.received[1] ?? assert.fail();
    assert.deepEqual([headers['x-user'], headers['x-mail'], headers['x-ghost']], ['ada', 'ada@example.org', undefined]);
    assert.equal(headers['skipper-oidc-info'], undefined);
    assert.equal(headers['skipper_oidc_info'], undefined);
    assert.equal(headers.cookie, 'mine=1', 'the session does not reach the application');
    assert.ok(
      [...browser.cookiesOf(host).keys()].every((name) => !name.startsWith('session-')),
      'the state is gone',
    );
  });

  test('cookies cannot be made up, changed or swapped', async () => {
    login('oauthOidcAnyClaims', 'none groups', '');
    const browser = new Browser();
    await logIn(browser, '/app/');
    const { headers } = origin.received[0] ?? assert.fail();
    assert.equal(JSON.parse(String(headers['skipper-oidc-info'])).claims.groups[0], 'staff');

    const host = new URL(site).host;
    const real = browser.cookiesOf(host).get('sessiona') ?? assert.fail();
    const statusWith = async (value: string): Promise<number> => {
      return (await visit('/app/', { Cookie: `sessiona=${value}` })).status;
    };
    assert.equal(await statusWith(real), 200);
    const middle = real.length >> 1;
    const changed = `${real.slice(0, middle)}${real[middle] === 'A' ? 'B' : 'A'}${real.slice(middle + 1)}`;
    for (const forged of [changed, real.slice(0, -5), '1.', '1.AAAA', '26.AAAA', 'x'])
      assert.equal(await statusWith(forged), 307);

    const stranger = await visit('/app/');
    const journey = /session-\w+=([^;]+)/.exec(stranger.headers['set-cookie']?.[0] ?? '')?.[1] ?? assert.fail();
    assert.equal(await statusWith(`1.${journey}`), 307, 'what seals one purpose does not do for another');
  });

  test('a callback without the state of this browser is refused', async () => {
    login('oauthOidcAllClaims', '', '');
    const departure = await visit('/app/');
    const state = new URL(departure.headers.location ?? '').searchParams.get('state');
    const cases: [target: string, cookie: string][] = [
      ['/app/callback', ''],
      [`/app/callback?code=x&state=${state}`, ''],
      ['/app/callback?code=x&state=other', departure.headers['set-cookie']?.[0]?.split(';')[0] ?? ''],
      [`/app/callback?error=access_denied&state=${state}`, departure.headers['set-cookie']?.[0]?.split(';')[0] ?? ''],
    ];
    for (const [target, cookie] of cases) {
      const response = await visit(target, { cookie });
      assert.equal(response.status, 401, target);
    }
    assert.equal(origin.received.length, 0);
  });

  test('only reading requests are sent to the provider', async () => {
    login('oauthOidcAllClaims', '', '');
    const response = await ask({ port: proxy.port, method: 'POST', target: '/app/', body: 'x' });
    assert.equal(response.status, 401);
    const departure = await visit('/app/');
    const location = new URL(departure.headers.location ?? '');
    const { searchParams } = location;
    assert.equal(location.origin, provider.issuer);
    assert.equal(searchParams.get('code_challenge_method'), 'S256');
    assert.equal(searchParams.get('scope'), 'openid email');
    assert.equal(searchParams.get('ui_locales'), 'en');
    assert.ok((searchParams.get('nonce') ?? '').length > 20);
    assert.match(departure.headers['set-cookie']?.[0] ?? '', /; HttpOnly; SameSite=Lax$/);
  });

  test('a target with two slashes does not lead to another site', async () => {
    login('oauthOidcAllClaims', '', '');
    proxy.route(
      `app: * -> oauthOidcAllClaims("${provider.issuer}", "gateway", "secret", "${site}/app/callback", "", "", "", "", "0", "session", "secrets=test/fixtures/oidc-secrets") -> "http://127.0.0.1:${origin.port}"`,
    );
    const page = await logIn(new Browser(), '//evil.example/x');
    assert.equal(page.url, `${site}/evil.example/x`);
  });

  test('claims decide', async () => {
    login('oauthOidcAllClaims', 'groups none', '');
    assert.equal((await logIn(new Browser(), '/app/')).status, 403);
    login(
      'oauthOidcAllClaims',
      'groups',
      'X-User:subject',
      '-> oidcClaimsQuery("/app/admin:groups.#(==\\"root\\")", "/:groups.#(==\\"staff\\")")',
    );
    const browser = new Browser();
    assert.equal((await logIn(browser, '/app/')).status, 200);
    assert.equal((await browser.open(`${site}/app/admin`)).status, 403);
  });

  test('a login at one provider is none at another, whatever the cookies are called', async (t) => {
    login('oauthOidcAllClaims', '', '');
    const browser = new Browser();
    await logIn(browser, '/app/');
    const other = await startTestProvider([`${site}/app/callback`]);
    t.after(() => other.close());
    const settled = `"", "", "", "", "0", "session", "secrets=test/fixtures/oidc-secrets"`;
    const backend = `"http://127.0.0.1:${origin.port}"`;
    const statusAt = async (issuer: string, client: string): Promise<number> => {
      proxy.route(
        `* -> oauthOidcAllClaims("${issuer}", "${client}", "secret", "${site}/app/callback", ${settled}) -> ${backend}`,
      );
      const cookies = [...browser.cookiesOf(new URL(site).host)].map(([name, value]) => `${name}=${value}`);
      return (await visit('/app/', { Cookie: cookies.join('; ') })).status;
    };
    assert.equal(await statusAt(provider.issuer, 'gateway'), 200);
    assert.equal(await statusAt(other.issuer, 'gateway'), 307);
    assert.equal(await statusAt(provider.issuer, 'another'), 307);
  });

  test('cookies are for TLS where the callback is, however its scheme is written', async () => {
    proxy.route(
      `* -> oauthOidcAllClaims("${provider.issuer}", "gateway", "secret", "HTTPS://app.example/callback", "", "", "", "", "0", "session", "secrets=test/fixtures/oidc-secrets") -> <shunt>`,
    );
    const departure = await visit('/');
    assert.match(departure.headers['set-cookie']?.[0] ?? '', /; HttpOnly; Secure; SameSite=Lax$/);
  });

  test('what is no page that opens gets 401 and no cookie', async () => {
    login('oauthOidcAllClaims', '', '');
    const POLLS: Record<string, string>[] = [
      { 'Sec-Fetch-Mode': 'cors' },
      { 'Sec-Fetch-Mode': 'no-cors' },
      { 'Sec-Fetch-Mode': 'same-origin', 'Sec-Fetch-Site': 'same-origin' },
      { 'X-Requested-With': 'XMLHttpRequest' },
    ];
    for (const headers of POLLS) {
      const answer = await ask({ port: proxy.port, target: '/app/', headers });
      assert.deepEqual([answer.status, answer.headers['set-cookie']], [401, undefined], JSON.stringify(headers));
    }
    const bare = await ask({ port: proxy.port, target: '/app/' });
    assert.equal(bare.status, 307, 'who says nothing is sent');
  });

  test('logins that are never finished leave a few cookies, and the last one can be finished', async () => {
    login('oauthOidcAllClaims', '', '');
    const browser = new Browser();
    const cookies = browser.cookiesOf(new URL(site).host);
    for (let turn = 0; turn < 10; turn++) {
      await browser.open(`${site}/app/${turn}`);
      assert.ok(cookies.size <= 4, `${cookies.size} cookies`);
    }
    assert.equal((await logIn(browser, '/app/last')).url, `${site}/app/last`);

    for (let at = 0; at < 100; at++) cookies.set(`session-${at}`, 'from long ago');
    for (let turn = 0; turn < 3; turn++) {
      cookies.delete('sessiona');
      await browser.open(`${site}/app/`);
    }
    assert.ok(cookies.size <= 5, `${cookies.size} cookies`);
  });

  test('a target that no cookie holds comes down to its path, or to the start page', async () => {
    login('oauthOidcAllClaims', '', '');
    for (const [target, back] of [
      [`/app/page?${'q'.repeat(8000)}`, '/app/page'],
      [`/app/${'p'.repeat(8000)}`, '/'],
    ] as const) {
      const browser = new Browser();
      const page = await logIn(browser, target);
      assert.equal(page.url, `${site}${back}`);
      for (const line of page.setCookies) assert.ok(line.length < 4096);
    }
  });
});
