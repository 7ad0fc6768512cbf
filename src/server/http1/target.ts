import { isAuthority } from '../../http/index.ts';
import { refuse } from './refusal.ts';

/** What may stand in a target: visible ASCII but for "#" (RFC 9112 §3.2 has no fragment). */
const VISIBLE = /^[\x21\x22\x24-\x7e]+$/;
const ABSOLUTE = /^(https?):\/\/([^/?]*)(.*)$/is;
/** Escapes that Go and nginx refuse in a path where others pass them on: broken ones, and NUL. */
const BAD_ESCAPE = /^[^?]*?%(?:00|(?![0-9A-Fa-f]{2}))/;

/** A target in origin form, and the authority that an absolute form carried (else null). */
export interface Target {
  target: string;
  authority: string | null;
}

/** Reads a request target (RFC 9112 §3.2). @throws ProxyError 400, 421 or 501. */
export function parseTarget(method: string, target: string, scheme: 'http' | 'https'): Target {
  if (!VISIBLE.test(target)) refuse(400, 'bad-target');
  if (method === 'CONNECT') refuse(501, 'connect');
  if (target.charCodeAt(0) === 47) return { target: checkedPath(target), authority: null };
  if (target === '*') return method === 'OPTIONS' ? { target, authority: null } : refuse(400, 'bad-target');
  return parseAbsolute(method, target, scheme);
}

/** @throws ProxyError 400 unless `host` is an authority without user information. */
export function checkAuthority(host: string): void {
  if (!isAuthority(host)) refuse(400, 'bad-host');
}

function parseAbsolute(method: string, target: string, scheme: 'http' | 'https'): Target {
  const parts = ABSOLUTE.exec(target);
  if (parts === null) return refuse(400, 'bad-target');
  const [, targetScheme = '', authority = '', rest = ''] = parts;
  checkAuthority(authority);
  // RFC 9110 §7.4: an https resource is not served over a connection that is not secured, nor the reverse.
  if (targetScheme.toLowerCase() !== scheme) refuse(421, 'other-scheme');
  if (rest === '') return { target: method === 'OPTIONS' ? '*' : '/', authority };
  return { target: checkedPath(rest.charCodeAt(0) === 47 ? rest : `/${rest}`), authority };
}

function checkedPath(target: string): string {
  if (target.includes('%') && BAD_ESCAPE.test(target)) refuse(400, 'bad-escape');
  return target;
}
