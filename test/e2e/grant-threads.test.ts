// oauthGrant in a gateway with several data threads: a browser's connections lead to any of them.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { ask } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { Folder } from '../kit/folder.ts';
import { type JsonServer, startJsonServer } from '../kit/json-server.ts';
import { SluiceProcess } from '../kit/sluice-process.ts';

const CALLBACK = '/.well-known/oauth2-callback';
const navigation = { 'Sec-Fetch-Mode': 'navigate', Host: 'app.example' };

suite('logins by OAuth 2 over several data threads', () => {
  let provider: JsonServer;
  let folder: Folder;
  let sluice: SluiceProcess;
  /** The refresh token that is good for one renewal; another one for it is refused, as after a theft. */
  let refreshToken = '';
  let renewals = 0;

  before(async () => {
    provider = await startJsonServer({
      '/token': ({ body }) => {
        const asked = new URLSearchParams(body);
        const isRenewal = asked.get('grant_type') === 'refresh_token';
        if (isRenewal && asked.get('refresh_token') !== refreshToken)
          return { status: 400, json: { error: 'invalid_grant' } };
        if (isRenewal) renewals++;
        refreshToken = `refresh-${Math.random()}`;
        const expires_in = isRenewal ? 3600 : 0;
        return {
          json: { token_type: 'Bearer', access_token: `a-${renewals}`, refresh_token: refreshToken, expires_in },
        };
      },
    });
    const settings = ['auth', 'token'].map((name) => `"${name}=${provider.url}/${name}"`).join(', ');
    const grant = `${settings}, "id=gateway", "secret=x", "secrets=${process.cwd()}/test/fixtures/oidc-secrets"`;
    folder = await Folder.make({
      'routes/a.eskip': `
        callback: Path("${CALLBACK}") -> grantCallback(${grant}) -> <shunt>;
        logout: Path("/logout") -> grantLogout(${grant}) -> status(200) -> <shunt>;
        app: * -> oauthGrant(${grant}) -> status(200) -> <shunt>;`,
    });
    sluice = await SluiceProcess.run(['--workers', '3'], { cwd: folder.path });
  });
  after(async () => {
    await sluice[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
    await provider.close();
  });

  /** Logs in; the Cookie field that browsers send then. Its access token has ended at once. */
  async function logIn(): Promise<string> {
    const departure = await ask({ port: sluice.port, headers: navigation });
    const state = new URL(departure.headers.location ?? '').searchParams.get('state');
    const Cookie = (departure.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
    const target = `${CALLBACK}?code=x&state=${state}`;
    const arrival = await ask({ port: sluice.port, target, headers: { ...navigation, Cookie } });
    assert.equal(arrival.status, 307, arrival.body);
    return (arrival.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
  }

  /** The statuses of as many requests at once, each on a connection of its own. */
  async function statusesOf(count: number, Cookie: string): Promise<Set<number>> {
    const headers = { ...navigation, Cookie };
    const answers = Array.from({ length: count }, () => ask({ port: sluice.port, headers }));
    return new Set((await Promise.all(answers)).map(({ status }) => status));
  }

  test('one renewal is for the requests of all threads', async () => {
    const Cookie = await logIn();
    assert.deepEqual([...(await statusesOf(30, Cookie))], [200]);
    assert.deepEqual([...(await statusesOf(30, Cookie))], [200], 'those with the old cookie too');
    assert.equal(renewals, 1);
  });

  test('a session that was ended is known to all threads', async () => {
    const Cookie = await logIn();
    assert.deepEqual([...(await statusesOf(30, Cookie))], [200]);
    const headers = { ...navigation, Cookie, Origin: 'https://app.example' };
    assert.equal((await ask({ port: sluice.port, method: 'POST', target: '/logout', headers })).status, 200);
    await eventually('all threads to hear of it', async () => {
      const statuses = await statusesOf(30, Cookie);
      return statuses.size === 1 && statuses.has(307);
    });
  });
});
