import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRoute, SourceText } from '../../../grammar/index.ts';
import { builtinRegistry } from '../../vocabulary/index.ts';
import { printRoute, shownRoute } from '../index.ts';
import { shownMessage, shownSource } from './shown-text.ts';

const registry = builtinRegistry();

/** Calls with the secret SECRET in them, in route files that are right or wrong. */
const CALLS = [
  'oauthOidcAnyClaims("https://p.example", "id", "SECRET", "https://a.example/cb", "", "")',
  'secureOauthTokenintrospectionAnyClaims("https://i.example", "id", "SECRET", "sub")',
  'oauthTokenintrospectionAnyClaims("https://id:SECRET@i.example", "sub")',
  'oauthGrant("auth=https://p.example/auth", "token=https://p.example/token", "id=g", "secret=SECRET", "secrets=/etc/keys")',
  'setRequestHeader("Authorization", "Bearer SECRET")',
  'appendRequestHeader("X-Api-Key", "SECRET")',
  'setResponseHeader("Set-Cookie", "sid=SECRET")',
  'modRequestHeader("Proxy-Authorization", "^.*$", "Basic SECRET")',
  'setQuery("access_token", "SECRET")',
  'requestCookie("session", "SECRET")',
  'responseCookie("auth-token", "SECRET", 3600)',
  'webhook("https://id:SECRET@hook.example/?a=b")',
  'tee("https://id:SECRET@copy.example")',
  'setDynamicBackendUrl("https://b.example/?api_key=SECRET")',
  "script(\"function request(ctx) { ctx.request.headers.set('X-Key', 'SECRET') }\")",
  'annotate("client-secret", "SECRET")',
  'inlineContent("-----BEGIN RSA PRIVATE KEY-----SECRET")',
  'setRequestHeader("X-Plain", "Bearer SECRET")',
  'setRequestHeader("X-Hash", "ada:$2y$10$SECRET")',
];
const PREDICATES = [
  'Header("Authorization", "SECRET")',
  'HeaderRegexp("X-Token", /SECRET/)',
  'Cookie("session", /^SECRET$/)',
  'QueryParam("api_key", "SECRET")',
  'HeaderSHA256("X-Key", "SECRET")',
];

test('secrets are not shown: not of routes in use, not of a file with an error', () => {
  const secret = 'Tr0ub4dor';
  const texts = [
    ...CALLS.map((call) => `r: * -> ${call} -> <shunt>`),
    ...PREDICATES.map((call) => `r: ${call} -> <shunt>`),
  ];
  for (const text of texts.map((one) => one.replace('SECRET', secret))) {
    const def = parseRoute(text).value;
    assert.ok(def !== null, text);
    const shown = printRoute(shownRoute(def, registry), {});
    assert.ok(!shown.includes(secret) && shown.includes('***'), shown);
    // A name that is not known, a missing bracket, a missing quote behind the secret, and a comma too many.
    const name = text.includes('->') ? text : '';
    const broken = [
      text,
      text.replace(/(\w{5,})\(/, '$1x('),
      text.replace(/\)(?= ->)/, ''),
      text.replace(/,/, ',,'),
      `${name} -> nope(`,
    ];
    for (const wrong of broken) {
      const source = new SourceText('x', wrong);
      const hidden = shownSource(source, registry);
      assert.ok(!hidden.text.includes(secret), hidden.text);
      assert.equal(hidden.text.length, wrong.length);
      assert.ok(
        !shownMessage(`expected a name, found "${secret}"`, hidden).includes(secret) || !wrong.includes(`"${secret}"`),
        wrong,
      );
    }
  }
});

test('each of several secrets in one text is hidden, in messages that quote a part of it too', () => {
  const text = 'r: * -> "http://ada:Tr0ub4dor@b.example/a?token=0penSesame&b=c"';
  const hidden = shownSource(new SourceText('x', text), registry);
  assert.equal(hidden.text, 'r: * -> "http://*************@b.example/a?token=**********&b=c"');
  assert.equal(
    shownMessage('"http://…@b.example/a?token=0penSesame" is none', hidden),
    '"http://…@b.example/a?token=***" is none',
  );
});

test('what is no secret is shown, so that a place can be found', () => {
  const text = `// about "this"
welcome: Path("/greet/:name") && Header("X-Version", "2") -> setResponseHeadr("X-Hello", "\${name}") -> "http://127.0.0.1:9981";
r: PathRegexp(/a"b/) -> setRequestHeader("X-A", "b"); -> oauthGrant("secrets=/etc/keys", "secret=secretRef:/etc/key")`;
  assert.equal(shownSource(new SourceText('x', text), registry).text, text);
});

test('a line with a quote too few is not shown where it speaks of credentials', () => {
  const text = 'r: * -> setRequestHeader("Authorization, "Bearer Tr0ub4dor") -> <shunt>';
  assert.doesNotMatch(shownSource(new SourceText('x', text), registry).text, /Tr0ub4dor/);
});
