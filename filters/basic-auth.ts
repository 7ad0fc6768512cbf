import { arg, defineFilter, type FilterContext } from '../src/plugin/index.ts';
import { basicLogin } from './auth/credentials.ts';
import { Htpasswd } from './auth/htpasswd.ts';
import { admit, type Refusal, refuse, refusesDoubled } from './auth/refusal.ts';
import { watchFile } from './auth/watched-file.ts';

/** Asks for a user name and a password. */
export const basicAuth = defineFilter({
  name: 'basicAuth',
  summary: 'Lets only users of an htpasswd file pass, who send their name and password (HTTP Basic); others get 401.',
  details: `Hashes may be bcrypt ("htpasswd -B"), SHA-1 ("{SHA}") and MD5 ("$apr1$"); prefer bcrypt. The file must be there when the route is loaded; it is looked at every second, and where it is then missing or wrong its last good content stays. A login found right is remembered in memory until the file changes, so that the slow hash is not computed for every request. The name is noted for the access log.

Differences from Skipper: the word "Basic" may be written in any case (RFC 9110 §11.1); unknown users take as long as known ones; a line with an unknown kind of hash is an error, not a user who can never log in.`,
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
  create: ([path, realm], { log }) => {
    const file = watchFile(path, (content) => new Htpasswd(content.toString('utf8')), log, 0);
    const refusal: Refusal = {
      status: 401,
      reason: 'invalid-login',
      challenge: `Basic realm="${realm.replace(/["\\]/g, '\\$&')}"`,
    };
    const conclude = (ctx: FilterContext, user: string, right: boolean): void => {
      if (right) admit(ctx, user);
      else refuse(ctx, refusal);
    };
    return {
      request(ctx) {
        if (refusesDoubled(ctx)) return;
        const login = basicLogin(ctx.request.headers);
        if (login === null) return refuse(ctx, refusal);
        const right = file.content.verify(login);
        if (typeof right === 'boolean') return conclude(ctx, login.user, right);
        return right.then((found) => conclude(ctx, login.user, found));
      },
      close: () => file.close(),
    };
  },
});
