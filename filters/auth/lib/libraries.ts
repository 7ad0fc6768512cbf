import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

// Libraries that few routes need and that take longer to load than all filters together: they are loaded when the first
// of those routes is made or asked, not when a thread starts. Later calls find them loaded.

/** OAuth 2 and OpenID Connect for clients. */
export const openid = (): typeof import('openid-client') => load('openid-client');

/** JSON Web Tokens and keys. */
export const jose = (): typeof import('jose') => load('jose');

/** YAML 1.2. */
export const yaml = (): typeof import('yaml') => load('yaml');

/** Password hashes of the bcrypt kind. */
export const bcrypt = (): typeof import('bcryptjs') => load('bcryptjs');
