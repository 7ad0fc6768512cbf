import { type State, type StateKey, stateKey } from '../../../src/plugin/index.ts';

/** Facts about a user or a token, as JSON has them. */
export type Claims = Readonly<Record<string, unknown>>;

/** What the token info endpoint said of the bearer token; by the oauthTokeninfo filters. */
export const tokenInfo: StateKey<Claims> = stateKey('token-info');

/** What the introspection endpoint said of the bearer token; by the oauthTokenintrospection filters. */
export const tokenIntrospection: StateKey<Claims> = stateKey('token-introspection');

/** The verified claims of a JWT or of an OpenID Connect login; by the jwtValidation and oauthOidc filters. */
export const verifiedClaims: StateKey<Claims> = stateKey('verified-claims');

/** What is known of the token of the request: token info, else introspection. */
export function tokenFacts(state: State): Claims | undefined {
  return state.get(tokenInfo) ?? state.get(tokenIntrospection);
}
