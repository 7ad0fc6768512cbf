import { literalFacts, type Regexp } from '../../plugin/index.ts';

/** The methods of RFC 9110 §9.3 and RFC 5789, as they are written. */
export const STANDARD_METHODS: readonly string[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
];

/** A method in another case than any client sends. */
export function methodAdvice(name: string): string | null {
  const upper = name.toUpperCase();
  if (name === upper || !STANDARD_METHODS.includes(upper)) return null;
  return `${JSON.stringify(name)} is not ${upper}: methods are told apart by case; did you mean "${upper}"?`;
}

/** A path pattern with something that no path has. */
export function pathAdvice(pattern: string): string | null {
  if (/^\/*[a-z][a-z0-9+.-]*:\//i.test(pattern)) return 'a path has no scheme and host: match those by Host';
  if (pattern.includes('?')) return 'the path of a request ends before its "?": match the query by QueryParam';
  if (pattern.includes('#')) return 'clients do not send what stands behind "#"';
  if (/%[0-9a-f]{2}/i.test(pattern))
    return 'patterns are compared with the decoded path: write the character that the percent-encoding stands for';
  return /^\s|\s$/.test(pattern) ? 'a blank at its end counts' : null;
}

/** A whole host as no client sends it. */
export function hostAdvice(name: string): string | null {
  if (name.includes('*')) return `"*" stands for itself here; match names below a domain by ${suffixPattern(name)}`;
  if (/[/?#@]/.test(name))
    return 'a host has no scheme, path or user; expected one such as "example.org" or "example.org:8080"';
  if (name !== name.toLowerCase())
    return `hosts are compared byte by byte, and most clients send them in lower case: "${name.toLowerCase()}"`;
  return name.trim() === name && name !== '' ? null : 'no host is written like this';
}

function suffixPattern(name: string): string {
  const domain = name.replace(/^.*\*\.?/, '').replaceAll('.', '[.]');
  return domain === '' ? 'Host' : `Host(/[.]${domain}$/)`;
}

/** An expression for hosts that hosts of others match too. */
export function hostExpressionAdvice({ source }: Regexp): string | null {
  // Without a name in it, it is not meant to tell names apart.
  if (!/[a-z0-9]{2}/i.test(source.replace(/\\.|\[[^\]]*\]/g, ''))) return null;
  const { exact, hostNames, suffixes, hostSuffixes } = literalFacts(source);
  if (exact !== undefined || hostNames !== undefined) return null;
  const below = (hostSuffixes ?? suffixes ?? ['']).every((suffix) => suffix.startsWith('.'));
  const ends = /[$z]\)*$/.test(source);
  if (ends && (below || /^(?:\(\?[a-z]+\))?\(*(?:\^|\\A)/.test(source))) return null;
  const what = ends ? 'the end' : 'a part';
  return `it is looked for anywhere, so that ${what} of another name matches too; write "^" before and "$" behind it, and "[.]" for a dot`;
}
