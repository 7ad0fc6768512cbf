import { createHmac, hash } from 'node:crypto';
import { type HeaderList, queryPairs } from '../../src/plugin/index.ts';

/** What a request is signed with. */
export interface AwsCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Where a signature counts. */
export interface SigningScope {
  readonly region: string;
  readonly service: string;
  /** Whether the path is taken as it travels, as S3 wants it, instead of encoded once more. */
  readonly rawPath: boolean;
}

/** A request as it is signed. */
export interface Signable {
  readonly method: string;
  /** The path as it travels, percent-encoded. */
  readonly path: string;
  readonly query: string | null;
  readonly host: string;
  readonly headers: HeaderList;
  /** SHA-256 of the content in hex, or "UNSIGNED-PAYLOAD". */
  readonly contentHash: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** A moment as AWS writes it: "20150830T123600Z". */
export function amzDate(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/**
 * The value of Authorization for the request at `date` (see `amzDate`), which stands in its X-Amz-Date. Signed are Host,
 * Content-Type and every X-Amz field. Source: AWS, Signature Version 4.
 */
export function sigv4(signable: Signable, credentials: AwsCredentials, scope: SigningScope, date: string): string {
  const day = date.slice(0, 8);
  const scopeText = `${day}/${scope.region}/${scope.service}/aws4_request`;
  const fields = signedFields(signable);
  const names = fields.map(([name]) => name).join(';');
  const request = [
    signable.method,
    scope.rawPath ? signable.path : encode(signable.path, /[^A-Za-z0-9\-._~/]/g),
    canonicalQuery(signable.query),
    ...fields.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    signable.contentHash,
  ].join('\n');
  const text = [ALGORITHM, date, scopeText, hash('sha256', Buffer.from(request, 'latin1'))].join('\n');
  const key = [day, scope.region, scope.service, 'aws4_request'].reduce<Buffer | string>(
    hmac,
    `AWS4${credentials.secretKey}`,
  );
  const signature = hmac(key, text).toString('hex');
  return `${ALGORITHM} Credential=${credentials.accessKey}/${scopeText}, SignedHeaders=${names}, Signature=${signature}`;
}

const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

function signedFields({ headers, host }: Signable): [name: string, value: string][] {
  const fields = new Map<string, string[]>([['host', [host]]]);
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower !== 'content-type' && !lower.startsWith('x-amz-')) continue;
    const values = fields.get(lower) ?? [];
    fields.set(lower, values);
    values.push(value.trim().replace(/ {2,}/g, ' '));
  }
  return [...fields].map(([name, values]): [string, string] => [name, values.join(',')]).sort(byCode);
}

function canonicalQuery(query: string | null): string {
  const pairs = queryPairs(query).map((pair) =>
    pair.map((part) => encode(Buffer.from(part, 'utf8').toString('latin1'))),
  );
  return (pairs as [string, string][])
    .sort(byCode)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function byCode([leftName, leftValue]: [string, string], [rightName, rightValue]: [string, string]): number {
  if (leftName !== rightName) return leftName < rightName ? -1 : 1;
  return leftValue === rightValue ? 0 : leftValue < rightValue ? -1 : 1;
}

function encode(octets: string, reserved = /[^A-Za-z0-9\-._~]/g): string {
  return octets.replace(reserved, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
