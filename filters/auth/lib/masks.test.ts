// What the support listener and logs may show of the credentials that routes have.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArgValue, FilterSpec } from '../../../src/plugin/index.ts';
import { oauthGrant } from '../grant/grant.ts';
import { jwtValidationKeys } from '../jwt/jwt-validation.ts';
import { oauthOidcAllClaims } from '../oidc/oidc.ts';
import {
  oauthTokenintrospectionAnyClaims,
  secureOauthTokenintrospectionAnyClaims,
} from '../tokens/token-introspection.ts';
import { webhook } from '../webhook.ts';

const SHOWN: [spec: unknown, at: number, value: string, shown: string][] = [
  [oauthOidcAllClaims, 1, 'gateway', 'gateway'],
  [oauthOidcAllClaims, 2, 'hush', '***'],
  [oauthOidcAllClaims, 2, 'secretRef:/run/secret', 'secretRef:/run/secret'],
  [oauthOidcAllClaims, 2, '', ''],
  [oauthGrant, 0, 'secret=hush', 'secret=***'],
  [oauthGrant, 0, 'secret=secretRef:/run/secret', 'secret=secretRef:/run/secret'],
  [oauthGrant, 0, 'id=gateway', 'id=gateway'],
  [oauthGrant, 0, 'secrets=/run/keys', 'secrets=/run/keys'],
  [oauthTokenintrospectionAnyClaims, 0, 'https://id:hush@issuer.example/', 'https://***@issuer.example/'],
  [oauthTokenintrospectionAnyClaims, 0, 'https://issuer.example/', 'https://issuer.example/'],
  [secureOauthTokenintrospectionAnyClaims, 2, 'hush', '***'],
  [webhook, 0, 'https://check.example/?token=hush', 'https://check.example/?token=***'],
  [jwtValidationKeys, 0, 'https://keys.example/?v=1', 'https://keys.example/?v=1'],
];

for (const [spec, at, value, shown] of SHOWN) {
  const { name, args } = spec as FilterSpec;
  test(`of ${value} in ${name} ${shown} is shown`, () => {
    const before: ArgValue[] = Array(at).fill('x');
    assert.equal(args[at]?.mask?.(value, before) ?? value, shown);
  });
}
