import { option } from '../option.ts';

/** What filters that ask providers take where their arguments leave it open; they read it from the environment. */
export const AUTH = {
  'oauth2-auth-url': option.string('', 'URL', 'where oauthGrant() sends users to log in'),
  'oauth2-auth-url-parameters': option.string('', 'K=V,…', 'what is added to that URL'),
  'oauth2-token-url': option.string('', 'URL', 'where oauthGrant() gets tokens'),
  'oauth2-revoke-token-url': option.string('', 'URL', 'where oauthGrant() has tokens revoked'),
  'oauth2-tokeninfo-url': option.string('', 'URL', 'where the oauthTokeninfo… filters ask about tokens'),
  'oauth2-tokeninfo-subject-key': option.string('', 'NAME', 'the key of the answer that names the user'),
  'oauth2-issuer': option.string('', 'URL', 'the provider, where it tells its URLs itself (OpenID discovery)'),
  'oauth2-client-id': option.string('', 'ID', 'the id of this gateway at the provider'),
  'oauth2-client-secret': option.string('', 'SECRET', 'its secret; better given in the environment'),
  'oauth2-secret-file': option.string('', 'PATH', 'the secrets that cookies of oauthGrant() are sealed with'),
  'oauth2-callback-path': option.string('', 'PATH', 'where the provider sends users back to'),
  'oauth2-access-token-header-name': option.string('', 'NAME', 'the header that gets the token'),
  'oauth2-token-cookie-name': option.string('', 'NAME', 'the cookie that keeps the token'),
  'oauth2-token-cookie-remove-subdomains': option.string('', 'N', 'how many labels of the host the cookie leaves out'),
  'oauth2-grant-insecure': option.boolean(false, 'let cookies and callback do without TLS'),
  'oidc-secrets-file': option.string(
    '',
    'PATH',
    'the secrets that cookies of the OpenID Connect filters are sealed with',
  ),
} as const;
