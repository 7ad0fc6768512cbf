// Whoever reads a log must not become who wrote the request.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from '../kit/client.ts';
import { Folder } from '../kit/folder.ts';
import { SluiceProcess } from '../kit/sluice-process.ts';

const ROUTES = `
  login: Path("/callback") -> logHeader("request", "response") -> redirectTo(302, "/next") -> <shunt>;
  down: Path("/down") -> "http://127.0.0.1:1";
  masked: Path("/masked") -> maskAccessLogQuery("token") -> status(204) -> <shunt>;
`;
const SECRETS = ['code', 'state', 'access_token', 'id_token', 'refresh_token', 'password', 'X-Amz-Signature', 'c%6fde'];

for (const flags of [[], ['--access-log-json-enabled', '--application-log-json-enabled']]) {
  test(`codes, tokens and passwords of targets and referers are in no log ${flags}`, async () => {
    await using folder = await Folder.make({ 'routes/a.eskip': ROUTES });
    const args = ['--workers', '1', '--access-log', folder.at('access.log'), ...flags];
    await using running = await SluiceProcess.run(args, { cwd: folder.path });
    const query = `page=seen&${SECRETS.map((name) => `${name}=hush${name.length}`).join('&')}`;
    for (const target of ['/callback', '/down', '/nowhere']) {
      const Referer = `https://app.example/callback?${query}`;
      await ask({ port: running.port, target: `${target}?${query}`, headers: { Referer } });
    }
    await ask({ port: running.port, target: '/masked?token=hush&code=hush' });
    const { err, out } = await running.stop();
    const access = await folder.read('access.log');
    for (const log of [err, access]) {
      assert.match(log, /page=seen&code=\*\*\*&state=\*\*\*/);
      assert.doesNotMatch(log, /hush/);
    }
    assert.match(access, /\/masked\?token=[0-9a-f]{16}&code=\*\*\*/);
    assert.doesNotMatch(out, /hush/);
  });
}
