import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

const DAY_S = 86_400;

/** A real OpenID provider with one client, "gateway" with the secret "secret"; access tokens live 10 minutes. Closed by the test. */
export interface TestProvider {
  readonly issuer: string;
  close(): Promise<void>;
}

/** Starts a provider on a free port; `callbacks` are where it may send users back to. */
export async function startTestProvider(callbacks: string[]): Promise<TestProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'gateway',
        client_secret: 'secret',
        redirect_uris: callbacks,
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: DAY_S,
      IdToken: 600,
      Interaction: 600,
      RefreshToken: DAY_S,
      Session: DAY_S,
    },
    scopes: ['openid', 'email', 'offline_access'],
    claims: { openid: ['sub', 'groups'], email: ['email'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: { keys: ['test'] },
    features: { devInteractions: { enabled: true }, revocation: { enabled: true } },
    findAccount: (_ctx, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, email: `${accountId}@example.org`, groups: ['staff', 'ops'] }),
    }),
  });
  server.on('request', provider.callback());
  return {
    issuer,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
