import { arg, defineFilter, type FilterContext, ownBlock } from '../../../src/plugin/index.ts';
import { watchFile } from '../../lib/watched-file.ts';
import { basicLogin } from '../lib/credentials.ts';
import { admit, type Refusal, refuse, refusesDoubled } from '../lib/refusal.ts';
import { type Busy, HASHING_BOUNDS, passwordChecks } from './hashing-pool.ts';
import { Htpasswd } from './htpasswd.ts';

/** Asks for a user name and a password. */
export const basicAuth = defineFilter({
  name: 'basicAuth',
  summary: 'Lets only users of an htpasswd file pass, who send their name and password (HTTP Basic); others get 401.',
  details: `Hashes may be bcrypt ("htpasswd -B"), SHA-1 ("{SHA}") and MD5 ("$apr1$"); prefer bcrypt. The file must be there when the route is loaded; it is looked at every second, and where it is then missing or wrong its last good content stays. The name is noted for the access log.

Hashes are computed in a thread of their own, one after the other, the clients in turn, so that nobody else waits for them. Of one client (an IPv4 address, or the /64 of an IPv6 address) ${HASHING_BOUNDS.perClient} logins may be under way, and ${HASHING_BOUNDS.all} of all clients of a data thread; beyond, the answer is 429 or 503 with Retry-After, the log says so once a minute, and "basicAuth.busy" is counted. A login found right is remembered for 10 minutes, as a keyed hash in memory, until the file changes. A password of more than 4096 bytes is wrong. What is refused costs one hash of each kind and cost in the file, whoever it was tried for, so that the time does not tell which users there are.

Differences from Skipper: the word "Basic" may be written in any case (RFC 9110 §11.1); Authorization on two lines gets 400; a line with an unknown kind of hash is an error, not a user who can never log in.`,
  source: 'Skipper; RFC 7617',
  args: [
    arg.string('file', { doc: 'path of the htpasswd file' }),
    arg.optional(arg.line('realm', { doc: 'what the login is for; shown to the user' }), 'Basic Realm'),
  ],
  examples: [
    {
      title: 'ada, whose password is "secret"',
      route: '* -> basicAuth("test/fixtures/htpasswd") -> "http://origin.example"',
      request: { headers: { Authorization: 'Basic YWRhOnNlY3JldA==' } },
      response: { status: 200 },
    },
    {
      title: 'Without a login',
      route: '* -> basicAuth("test/fixtures/htpasswd", "Staff only") -> "http://origin.example"',
      response: { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="Staff only"' } },
      upstream: null,
    },
    {
      title: 'A wrong password',
      route: '* -> basicAuth("test/fixtures/htpasswd") -> "http://origin.example"',
      request: { headers: { Authorization: 'Basic YWRhOnB1YmxpYw==' } },
      response: { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="Basic Realm"' } },
      upstream: null,
    },
  ],
  create: ([path, realm], { log, metrics }) => {
    const file = watchFile(path, readHtpasswd, log, 0);
    passwordChecks.retain();
    const refusal: Refusal = {
      status: 401,
      reason: 'invalid-login',
      challenge: `Basic realm="${realm.replace(/["\\]/g, '\\$&')}"`,
    };
    const conclude = (ctx: FilterContext, user: string, verdict: boolean | Busy): void => {
      if (verdict === true) admit(ctx, user);
      else if (verdict === false) refuse(ctx, refusal);
      else {
        metrics.count('basicAuth.busy');
        tellBusy(ctx, verdict);
        refuse(ctx, busy[verdict]);
      }
    };
    return {
      request(ctx) {
        if (refusesDoubled(ctx)) return;
        const login = basicLogin(ctx.request.headers);
        if (login === null) return refuse(ctx, refusal);
        const right = file.content.verify(login, ownBlock(ctx.request.clientAddress));
        if (!(right instanceof Promise)) return conclude(ctx, login.user, right);
        return right.then((found) => conclude(ctx, login.user, found));
      },
      close() {
        file.close();
        passwordChecks.release();
      },
    };
  },
});

const readHtpasswd = (content: Buffer): Htpasswd => new Htpasswd(content.toString('utf8'));

const busy: Readonly<Record<Busy, Refusal>> = {
  client: { status: 429, reason: 'too-many-logins', retryAfterS: 1 },
  all: { status: 503, reason: 'too-many-logins', retryAfterS: 5 },
};

/** How long the log is silent behind a line about logins that were not looked at, in ms. */
const SILENCE_MS = 60_000;
let silentUntil = 0;

function tellBusy({ log, request }: FilterContext, bound: Busy): void {
  const now = performance.now();
  if (now < silentUntil) return;
  silentUntil = now + SILENCE_MS;
  log.warn('logins are refused unseen: too many passwords are being checked', {
    of: bound === 'client' ? 'one client' : 'all clients',
    client: request.clientAddress,
  });
}
