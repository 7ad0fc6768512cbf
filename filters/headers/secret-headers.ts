import { arg, defineFilter, type Filter, type Log, textToOctets } from '../../src/plugin/index.ts';
import { watchFile } from '../lib/watched-file.ts';

const secretFile = arg.string('file', { doc: 'path of the file that holds the secret' });
const FILE =
  'One line feed at the end of the file does not count. The file must be there when the route is loaded; it is looked at every second, and where it is then missing its last content stays.';
const DIFFERENCE =
  'Difference from Skipper: any file may be named, not only those below -credentials-paths; a secret that is missing when the route is loaded is an error, where Skipper sends requests without it.';

/** A header value out of a file; @throws Error when it cannot stand in a header. */
function readSecret(content: Buffer): string {
  const secret = content.toString('utf8').replace(/\r?\n$/, '');
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(secret)) throw new Error('the secret is not one line of text');
  return textToOctets(secret);
}

/** What a header is made of. */
interface SecretHeader {
  readonly name: string;
  readonly file: string;
  readonly prefix: string;
  readonly suffix: string;
}

function secretFilter({ name, file, prefix, suffix }: SecretHeader, log: Log, argIndex: number): Filter {
  const octets = { prefix: textToOctets(prefix), suffix: textToOctets(suffix) };
  const value = watchFile(file, (content) => octets.prefix + readSecret(content) + octets.suffix, log, argIndex);
  return {
    request: ({ request }) => request.headers.assert(name, value.content),
    close: () => value.close(),
  };
}

/** Sends a secret out of a file to the backend. */
export const setRequestHeaderFromSecret = defineFilter({
  name: 'setRequestHeaderFromSecret',
  summary: 'Gives the request header the secret out of a file, and follows the file.',
  details: `${FILE}\n\n${DIFFERENCE}`,
  source: 'Skipper',
  args: [
    arg.headerName('header', { writes: true }),
    secretFile,
    arg.optional(arg.line('prefix', { doc: 'stands before the secret' }), ''),
    arg.optional(arg.line('suffix', { doc: 'stands behind it' }), ''),
  ],
  examples: [
    {
      route: '* -> setRequestHeaderFromSecret("X-Key", "test/fixtures/secret", "id:") -> "http://origin.example"',
      upstream: { headers: { 'X-Key': 'id:open sesame' } },
    },
  ],
  create: ([name, file, prefix, suffix], { log }) => secretFilter({ name, file, prefix, suffix }, log, 1),
});

/** Sends a token out of a file to the backend. */
export const bearerinjector = defineFilter({
  name: 'bearerinjector',
  summary: 'Gives the request "Authorization: Bearer" with the token out of a file, and follows the file.',
  details: `Takes the place of the client's Authorization. ${FILE}\n\n${DIFFERENCE}`,
  source: 'Skipper; RFC 6750 §2.1',
  args: [secretFile],
  examples: [
    {
      route: '* -> bearerinjector("test/fixtures/secret") -> "http://origin.example"',
      request: { headers: { Authorization: 'Basic eDp5' } },
      upstream: { headers: { Authorization: 'Bearer open sesame' } },
    },
  ],
  create: ([file], { log }) => secretFilter({ name: 'Authorization', file, prefix: 'Bearer ', suffix: '' }, log, 0),
});
