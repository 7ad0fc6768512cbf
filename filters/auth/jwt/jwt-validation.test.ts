import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { type ArgValue, authUser, type Filter } from '../../../src/plugin/index.ts';
import { type FakeContext, fakeContext } from '../../../test/kit/context.ts';
import { eventually } from '../../../test/kit/eventually.ts';
import { type JsonServer, startJsonServer } from '../../../test/kit/json-server.ts';
import { faultOf, makeFilter } from '../../../test/kit/specs.ts';
import { verifiedClaims } from '../lib/auth-state.ts';
import { jwtValidation, jwtValidationKeys } from './jwt-validation.ts';

interface Signer {
  readonly jwk: JWK;
  sign(payload: JWTPayload, header?: Record<string, unknown>): Promise<string>;
}

async function signer(alg: string, kid?: string): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), ...(kid === undefined ? {} : { kid }), alg };
  return {
    jwk,
    sign: (payload, header = {}) =>
      new SignJWT(payload)
        .setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }), ...header })
        .sign(privateKey),
  };
}

const now = (): number => Math.floor(Date.now() / 1000);
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

let server: JsonServer;
let rsa: Signer;
let curve: Signer;
let keys: JWK[];
let issuer: string;

before(async () => {
  server = await startJsonServer();
  issuer = server.url;
  rsa = await signer('RS256', 'one');
  curve = await signer('ES256');
  keys = [rsa.jwk, (await signer('ES256')).jwk, curve.jwk];
  server.answers['/.well-known/openid-configuration'] = () => ({ json: { issuer, jwks_uri: `${issuer}/keys` } });
  server.answers['/keys'] = () => ({ json: { keys } });
});
after(() => server.close());

async function ask(filter: Filter, token: string | null, cookie = ''): Promise<FakeContext> {
  const ctx = fakeContext({
    headers: {
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...(cookie === '' ? {} : { Cookie: cookie }),
    },
  });
  await filter.request?.(ctx);
  return ctx;
}

const validate = (...options: ArgValue[]): Filter => makeFilter(jwtValidation, issuer, ...options);

const TOKENS: [name: string, token: () => Promise<string> | string, options: ArgValue[], passes: boolean][] = [
  ['good', () => rsa.sign({ iss: issuer, sub: 'ada', exp: now() + 60 }), [], true],
  ['without exp', () => rsa.sign({ iss: issuer, sub: 'ada' }), [], true],
  ['without a key id, second of two that fit', () => curve.sign({ iss: issuer, sub: 'ada' }), [], true],
  ['expired', () => rsa.sign({ iss: issuer, sub: 'ada', exp: now() - 5 }), [], false],
  ['expired within leeway', () => rsa.sign({ iss: issuer, sub: 'ada', exp: now() - 5 }), ['leeway=10'], true],
  ['not yet valid', () => rsa.sign({ iss: issuer, sub: 'ada', nbf: now() + 60 }), [], false],
  ['of another issuer', () => rsa.sign({ iss: 'https://evil.example', sub: 'ada' }), [], false],
  ['of another issuer, allowed', () => rsa.sign({ iss: 'b', sub: 'ada' }), ['iss=a', 'iss=b'], true],
  ['without issuer', () => rsa.sign({ sub: 'ada' }), [], false],
  ['without subject', () => rsa.sign({ iss: issuer }), [], false],
  ['for the audience', () => rsa.sign({ iss: issuer, sub: 'ada', aud: ['x', 'shop'] }), ['aud=shop'], true],
  ['for another audience', () => rsa.sign({ iss: issuer, sub: 'ada', aud: 'x' }), ['aud=shop'], false],
  ['for no audience', () => rsa.sign({ iss: issuer, sub: 'ada' }), ['aud=shop'], false],
  ['unsigned', () => `${base64url({ alg: 'none' })}.${base64url({ iss: issuer, sub: 'ada' })}.`, [], false],
  ['no token at all', () => 'abc', [], false],
  ['signed by another', async () => (await signer('RS256', 'one')).sign({ iss: issuer, sub: 'ada' }), [], false],
  [
    'with the public key as a secret',
    async () =>
      new SignJWT({ iss: issuer, sub: 'ada' })
        .setProtectedHeader({ alg: 'HS256', kid: 'one' })
        .sign(Buffer.from(JSON.stringify(rsa.jwk))),
    [],
    false,
  ],
  [
    'changed on the way',
    async () => {
      const [header, , signature] = (await rsa.sign({ iss: issuer, sub: 'ada' })).split('.');
      return `${header}.${base64url({ iss: issuer, sub: 'root' })}.${signature}`;
    },
    [],
    false,
  ],
];

for (const [name, token, options, passes] of TOKENS) {
  test(`a token ${name} ${passes ? 'passes' : 'does not'}`, async () => {
    const filter = validate(...options);
    const text = await token();
    for (const _ of ['first', 'again']) {
      const ctx = await ask(filter, text);
      if (passes) {
        assert.equal(ctx.served, null);
        assert.equal(ctx.state.get(authUser), 'ada');
        assert.equal(ctx.state.get(verifiedClaims)?.['sub'], 'ada');
      } else {
        assert.equal(ctx.served?.status, 401);
        assert.equal(ctx.served?.headers.get('WWW-Authenticate'), 'Bearer error="invalid_token"');
        assert.equal(ctx.state.get(verifiedClaims), undefined);
      }
    }
    filter.close?.();
  });
}

test('a secret in the key set verifies nothing', async () => {
  const secret = Buffer.alloc(32, 7);
  server.answers['/shared'] = () => ({ json: { keys: [{ kty: 'oct', kid: 's', k: secret.toString('base64url') }] } });
  const filter = makeFilter(jwtValidationKeys, `${issuer}/shared`);
  const token = await new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg: 'HS256', kid: 's' }).sign(secret);
  assert.equal((await ask(filter, token)).served?.status, 401);
  filter.close?.();
});

test('the token may come in a cookie', async () => {
  const filter = validate('cookie=token');
  const token = await rsa.sign({ iss: issuer, sub: 'ada' });
  assert.equal((await ask(filter, null, `token=${token}`)).served, null);
  assert.equal((await ask(filter, 'x', `token=${token}`)).served?.status, 401, 'Authorization wins');
  const missing = await ask(filter, null);
  assert.equal(missing.served?.headers.get('WWW-Authenticate'), 'Bearer');
  filter.close?.();
});

test('a token that expires is not remembered longer', async (t) => {
  const filter = validate();
  const token = await rsa.sign({ iss: issuer, sub: 'ada', exp: now() + 100 });
  assert.equal((await ask(filter, token)).served, null);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 101_000 });
  assert.equal((await ask(filter, token)).served?.status, 401);
  filter.close?.();
});

test('new keys are picked up by the first token that names one, and old ones are let go', async () => {
  let published = [rsa.jwk];
  server.answers['/rotating'] = () => ({ json: { keys: published } });
  const filter = makeFilter(jwtValidationKeys, `${issuer}/rotating`);
  const old = await rsa.sign({ sub: 'ada' });
  assert.equal((await ask(filter, old)).served, null);
  const count = (): number => server.asked.filter(({ path }) => path === '/rotating').length;
  assert.equal(count(), 1);

  const next = await signer('RS256', 'two');
  published = [next.jwk];
  const token = await next.sign({ sub: 'bob' });
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(filter, token)));
  assert.ok(answers.every(({ served }) => served === null));
  assert.equal(count(), 2, 'one load for all');
  assert.equal((await ask(filter, old)).served?.status, 401, 'the key is gone, and what it had verified');

  const stranger = await signer('RS256', 'three');
  const unknown = await stranger.sign({ sub: 'eve' });
  for (let turn = 0; turn < 20; turn++) assert.equal((await ask(filter, unknown)).served?.status, 401);
  assert.ok(count() <= 8, `${count()} loads: a client cannot make many`);
  filter.close?.();
});

test('without keys nothing passes', async () => {
  server.answers['/broken'] = () => ({ status: 500 });
  const filter = makeFilter(jwtValidationKeys, `${issuer}/broken`);
  const token = await rsa.sign({ sub: 'ada' });
  await assert.rejects(async () => ask(filter, token), { code: 'auth-keys-missing', status: 503 });
  for (let turn = 0; turn < 50; turn++)
    await assert.rejects(async () => ask(filter, token), { code: 'auth-keys-missing', status: 503 });
  const count = server.asked.filter(({ path }) => path === '/broken').length;
  assert.ok(count <= 3, `${count} loads for 51 requests: a client cannot make many`);
  server.answers['/broken'] = () => ({ json: { keys } });
  const answer = await eventually('the keys to come', () => ask(filter, token).catch(() => null));
  assert.equal(answer.served, null, 'once they are there, it passes');
  filter.close?.();
});

test('keys are shared by routes, and loaded again after the last has gone', async () => {
  server.answers['/shared-keys'] = () => ({ json: { keys } });
  const url = `${issuer}/shared-keys`;
  const count = (): number => server.asked.filter(({ path }) => path === '/shared-keys').length;
  const token = await rsa.sign({ sub: 'ada' });
  const [one, two] = [makeFilter(jwtValidationKeys, url), makeFilter(jwtValidationKeys, url, 'leeway=1')];
  await Promise.all([ask(one, token), ask(two, token)]);
  one.close?.();
  one.close?.();
  await ask(two, token);
  assert.equal(count(), 1);
  two.close?.();
  const three = makeFilter(jwtValidationKeys, url);
  await ask(three, token);
  assert.equal(count(), 2);
  three.close?.();
});

test('making and closing asks nobody', async () => {
  const before = server.asked.length;
  makeFilter(jwtValidation, `${issuer}/unused`).close?.();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(server.asked.length, before);
});

const REFUSED: [args: ArgValue[], index: number][] = [
  [[], -1],
  [['issuer.example'], 0],
  [['ftp://issuer.example'], 0],
  [['https://a.example', 'aud'], 1],
  [['https://a.example', 'aud=x', 'x=y'], 2],
  [['https://a.example', 'aud=x', 'leeway=1s'], 2],
  [['https://a.example', 'cookie=a b'], 1],
];

for (const [args, index] of REFUSED)
  test(`jwtValidation(${args.join(', ')}) is refused`, () => assert.equal(faultOf(jwtValidation, args)?.index, index));
