import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { CHROMIUM, newVisitor, startChromium } from '../../kit/chromium.ts';
import { missing } from '../../kit/installed.ts';
import { startTestProvider, type TestProvider } from '../../kit/oidc-provider.ts';
import { startTestProxy, type TestProxy } from '../../kit/proxy.ts';
import { type RecordingOrigin, startRecordingOrigin } from '../../kit/recording-origin.ts';

describe('a login with OpenID Connect in Chromium', { skip: missing(CHROMIUM), timeout: 60_000 }, () => {
  let browser: Browser;
  let origin: RecordingOrigin;
  let proxy: TestProxy;
  let provider: TestProvider;
  let site: string;

  before(async () => {
    browser = await startChromium();
    origin = await startRecordingOrigin();
    proxy = await startTestProxy('');
    // Another site than the provider's 127.0.0.1, so that SameSite counts.
    site = `http://localhost:${proxy.port}`;
    provider = await startTestProvider([`${site}/app/callback`]);
    const args = [provider.issuer, 'gateway', 'secret', `${site}/app/callback`, 'email', 'groups', ''];
    args.push('X-User:claims.sub', '0', 'session', 'secrets=test/fixtures/oidc-secrets');
    const login = `oauthOidcAllClaims(${args.map((arg) => JSON.stringify(arg)).join(', ')})`;
    proxy.route(`
      app: PathSubtree("/app") -> ${login} -> "http://127.0.0.1:${origin.port}";
      open: Path("/open") -> inlineContent("open to all") -> <shunt>;`);
    origin.reply = { body: '<h1>the application</h1>', headers: { 'Content-Type': 'text/html' } };
  });
  after(async () => {
    await browser.close();
    await proxy.close();
    await provider.close();
    await origin.close();
  });

  async function logIn(page: Page, target: string): Promise<void> {
    await page.goto(`${site}${target}`);
    assert.ok(page.url().startsWith(`${provider.issuer}/`), page.url());
    await page.fill('input[name=login]', 'ada');
    await page.fill('input[name=password]', 'x');
    await page.click('button:text("Sign-in")');
    await page.click('button:text("Continue")');
    await page.waitForURL(`${site}${target}`);
  }

  it('leads to the page that was wanted, and lasts', async () => {
    const visitor = await newVisitor(browser);
    const page = await visitor.newPage();
    await logIn(page, '/app/page?q=1');
    assert.equal(await page.textContent('h1'), 'the application');
    // Chromium asks for an icon by itself.
    const pages = () => origin.received.filter(({ target }) => target.startsWith('/app/'));
    assert.deepEqual(
      pages().map(({ target, headers }) => [target, headers['x-user']]),
      [['/app/page?q=1', 'ada']],
    );

    await page.goto(`${site}/app/other`);
    assert.equal(page.url(), `${site}/app/other`);
    assert.deepEqual([pages()[1]?.target, pages()[1]?.headers['x-user']], ['/app/other', 'ada']);
    assert.equal(pages()[1]?.headers.cookie, undefined);
    assert.equal(await page.evaluate('document.cookie'), '', 'scripts cannot read the session');
    const cookies = await visitor.cookies(site);
    assert.ok(cookies.length > 0);
    for (const { httpOnly, sameSite, name } of cookies) assert.deepEqual([httpOnly, sameSite], [true, 'Lax'], name);
    const fetched = await page.evaluate('fetch("/app/data").then((answer) => answer.status)');
    assert.equal(fetched, 200, 'scripts of the page are logged in');
    await visitor.close();
  });

  it('is the matter of one visitor', async () => {
    const visitor = await newVisitor(browser);
    const page = await visitor.newPage();
    await page.goto(`${site}/open`);
    assert.equal(await page.textContent('body'), 'open to all');
    await page.goto(`${site}/app/`);
    assert.ok(page.url().startsWith(`${provider.issuer}/`), page.url());
    await visitor.close();
  });
});
