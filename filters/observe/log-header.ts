import {
  arg,
  defineFilter,
  type FilterContext,
  type HeaderList,
  isCredentialName,
  reasonPhrase,
  withoutSecrets,
} from '../../src/plugin/index.ts';

/** Writes headers to the application log. */
export const logHeader = defineFilter({
  name: 'logHeader',
  summary: 'Writes the headers of the request, the response, or both to the application log.',
  details: `Without arguments the request's. One line each, level info, with the start line and the header fields in the order they were sent; the response's line names the request too. Values of Authorization, Proxy-Authorization, Cookie, Set-Cookie, and of other headers whose names speak of credentials (X-Api-Key, X-Auth-Token), are written as TRUNCATED; in targets and URLs (Referer, Location) the values of parameters that carry secrets, such as code and access_token, are "***".

Differences from Skipper: cookies and other credentials are masked too; an unknown word is refused instead of ignored.`,
  source: 'Skipper',
  args: [
    arg.rest(arg.custom('which', '"request" | "response"', readWhich, { doc: 'what to write; default "request"' })),
  ],
  examples: [
    {
      title: 'Both',
      route: '* -> logHeader("request", "response") -> "http://origin.example"',
      origin: { status: 200, body: 'x' },
      response: { status: 200, body: 'x' },
    },
  ],
  create: ([which]) => ({
    ...(which.length === 0 || which.includes('request') ? { request: logRequest } : {}),
    ...(which.includes('response') ? { response: logResponse } : {}),
  }),
});

function readWhich(value: string | number): 'request' | 'response' {
  const word = String(value).toLowerCase();
  if (word !== 'request' && word !== 'response')
    throw new Error(`expected "request" or "response", found ${JSON.stringify(value)}`);
  return word;
}

function logRequest(ctx: FilterContext): void {
  ctx.log.info('request header', { request: requestLine(ctx), header: headerLines(ctx.request.headers) });
}

function logResponse(ctx: FilterContext): void {
  const { status, statusText, headers } = ctx.response;
  ctx.log.info('response header', {
    request: requestLine(ctx),
    status: `${status} ${statusText ?? reasonPhrase(status)}`,
    header: headerLines(headers),
  });
}

function requestLine({ request }: FilterContext): string {
  return `${request.method} ${withoutSecrets(request.target)} HTTP/${request.httpVersion}`;
}

function headerLines(headers: HeaderList): string[] {
  const lines: string[] = [];
  // Who reads a log must not become who wrote the request.
  for (const [name, value] of headers)
    lines.push(`${name}: ${isCredentialName(name) ? 'TRUNCATED' : withoutSecrets(value)}`);
  return lines;
}
