import { type HeaderList, listMembers, type Response } from '../../src/plugin/index.ts';

/** Fields that describe the bytes of the content and are wrong once those change. */
const DESCRIBES_BYTES = [
  'Content-Length',
  'Content-MD5',
  'Digest',
  'Content-Digest',
  'Repr-Digest',
  // A range of the origin's bytes is no range of ours.
  'Accept-Ranges',
] as const;

/**
 * Takes back what the headers say of the content byte for byte: lengths, digests and ranges go, a strong ETag becomes
 * a weak one. For every filter that changes a body. Source: RFC 9110 §8.8.1, RFC 9530.
 */
export function forgetBytes(headers: HeaderList): void {
  for (const name of DESCRIBES_BYTES) headers.delete(name);
  const tag = headers.get('ETag');
  if (tag?.startsWith('"')) headers.set('ETag', `W/${tag}`);
}

/**
 * Weakens the ETag of a 304 where the client asked under the weak tag that `forgetBytes` had made of it: a cache updates
 * only what it stored under that same tag. Source: RFC 9111 §4.3.4.
 */
export function weakenRevalidated(request: HeaderList, response: HeaderList): void {
  const tag = response.get('ETag');
  if (tag?.startsWith('"') && request.joined('If-None-Match')?.includes(`W/${tag}`)) response.set('ETag', `W/${tag}`);
}

/** Says whether the content is coded (gzip …). */
export function isCoded(headers: HeaderList): boolean {
  // "identity" is no coding, and an empty field names none; there may be several lines.
  return (
    headers.has('Content-Encoding') && listMembers(headers, 'Content-Encoding').some((name) => name !== 'identity')
  );
}

/** Says whether the content stands there as it is meant: neither coded nor a part of something larger. */
export function isPlainWhole({ status, headers }: Response): boolean {
  return !isCoded(headers) && status !== 206;
}

/** Says to caches that the response differs by the request's field `name` (RFC 9110 §12.5.5). */
export function addVary(headers: HeaderList, name: string): void {
  const members = listMembers(headers, 'Vary');
  if (!members.includes(name.toLowerCase()) && !members.includes('*')) headers.append('Vary', name);
}
