import { createHash } from 'node:crypto';
import {
  arg,
  Body,
  BodyTooLargeError,
  defineFilter,
  type FilterContext,
  type HeaderList,
  ProxyError,
  type Request,
} from '../../src/plugin/index.ts';
import { type AwsCredentials, amzDate, type SigningScope, sigv4 } from './sigv4.ts';

/** Content must be known before its signature; beyond this the client has to hash it itself. */
const MAX_BYTES = 64 << 20;
const CONTENT_HASH = 'X-Amz-Content-Sha256';
const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/;

const flag = (name: string, doc: string) => arg.oneOf(name, ['true', 'false'], { doc });

/** Signs requests to AWS. */
export const awsSigv4 = defineFilter({
  name: 'awsSigv4',
  summary: 'Signs the request with AWS Signature Version 4, with credentials out of its headers.',
  details: `The headers X-Amz-AccessKey, X-Amz-Secret, X-Amz-Session and X-Amz-Time (RFC 3339; default: now) are taken out of the request, by whatever filter to the left or client they were put in; without key and secret it is sent unsigned, and the log says so. The Host that is signed and sent is the one that a filter set, else <service>.<region>.amazonaws.com. Signed are Host, Content-Type and all X-Amz fields, so this filter stands last.

The content is read whole for its hash, up to 64 MiB, beyond which the answer is 413; with a header ${CONTENT_HASH} (a hash, or "UNSIGNED-PAYLOAD") it streams. For the service "s3" that header is added.

Differences from Skipper: secrets are removed even where some are missing; region and service may be swapped, since Skipper's documentation and program disagree on their order; header hoisting has no meaning for signatures in headers, so that its argument does nothing.`,
  source: 'Skipper; AWS, Signature Version 4',
  args: [
    arg.string('service', { doc: 'such as "dynamodb"' }),
    arg.string('region', { doc: 'such as "us-east-1"' }),
    flag('disableHeaderHoisting', 'without effect'),
    flag('disableURIPathEscaping', '"true" for S3: the path is signed as it travels'),
    flag('disableSessionToken', '"true": X-Amz-Session is not sent on as X-Amz-Security-Token'),
  ],
  examples: [
    {
      route: '* -> awsSigv4("dynamodb", "us-east-1", "false", "false", "true") -> "http://origin.example"',
      request: {
        headers: { 'X-Amz-AccessKey': 'AKID', 'X-Amz-Secret': 'secret', 'X-Amz-Time': '2015-08-30T12:36:00Z' },
      },
      upstream: {
        headers: {
          Authorization: /^AWS4-HMAC-SHA256 Credential=AKID\/20150830\/us-east-1\/dynamodb\/aws4_request, /,
          Host: 'dynamodb.us-east-1.amazonaws.com',
          'X-Amz-Date': '20150830T123600Z',
          'X-Amz-Secret': null,
        },
      },
    },
  ],
  create: ([first, second, _hoisting, rawPath, noSession]) => {
    const swapped = REGION.test(first) && !REGION.test(second);
    const [service, region] = swapped ? [second, first] : [first, second];
    const scope: SigningScope = { service, region, rawPath: rawPath === 'true' };
    const sendsSession = noSession === 'false';
    return {
      request(ctx) {
        const { credentials, session, date } = takeCredentials(ctx.request.headers);
        if (credentials === null) {
          ctx.log.error('a request is not signed: X-Amz-AccessKey or X-Amz-Secret is missing');
          return;
        }
        if (sendsSession && session !== null) ctx.request.headers.assert('X-Amz-Security-Token', session);
        return sign(ctx, credentials, scope, date);
      },
    };
  },
});

interface Taken {
  readonly credentials: AwsCredentials | null;
  readonly session: string | null;
  readonly date: string;
}

function takeCredentials(headers: HeaderList): Taken {
  const [accessKey, secretKey, session, time] = ['AccessKey', 'Secret', 'Session', 'Time'].map((name) => {
    const value = headers.get(`X-Amz-${name}`);
    headers.assert(`X-Amz-${name}`, null);
    return value;
  });
  const at = Date.parse(time ?? '');
  return {
    credentials: accessKey && secretKey ? { accessKey, secretKey } : null,
    session: session ?? null,
    date: amzDate(new Date(Number.isNaN(at) ? Date.now() : at)),
  };
}

async function sign(ctx: FilterContext, credentials: AwsCredentials, scope: SigningScope, date: string): Promise<void> {
  const { request, upstream } = ctx;
  const { headers, method, path, query } = request;
  const contentHash = headers.get(CONTENT_HASH) ?? (await hashContent(request));
  if (scope.service === 's3') headers.assert(CONTENT_HASH, contentHash);
  headers.assert('X-Amz-Date', date);
  upstream.host ??= `${scope.service}.${scope.region}.amazonaws.com`;
  const signable = { method, path, query, host: upstream.host, headers, contentHash };
  headers.assert('Authorization', sigv4(signable, credentials, scope, date));
}

/** The SHA-256 of the content, computed as it comes in: of all at once it would hold up the thread. */
async function hashContent(request: Request): Promise<string> {
  const sum = createHash('sha256');
  if (request.body === null) return sum.digest('hex');
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.length;
    if (size > MAX_BYTES) throw tooLarge(new BodyTooLargeError(MAX_BYTES, request.body));
    sum.update(chunk);
    chunks.push(chunk);
  }
  request.body = Body.fixed(Buffer.concat(chunks, size));
  return sum.digest('hex');
}

function tooLarge({ message }: BodyTooLargeError): ProxyError {
  return new ProxyError({ code: 'body-too-large', status: 413, source: 'downstream', message });
}
