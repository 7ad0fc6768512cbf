import { hash, timingSafeEqual } from 'node:crypto';
import { arg, definePredicate } from '../../plugin/index.ts';

const digest = arg.custom(
  'sha256',
  'SHA-256 in hex',
  (value) => {
    if (typeof value !== 'string' || !/^[0-9A-Fa-f]{64}$/.test(value))
      throw new Error(`expected a SHA-256 as 64 hexadecimal digits, found ${JSON.stringify(value)}`);
    return Buffer.from(value, 'hex');
  },
  // A guessable secret is soon found from its digest.
  { doc: 'the digest of a value, as "printf %s secret | sha256sum" prints it', secret: true },
);

/** The digest of the first line, for all routes that ask; null where that is empty. */
function digestOf([value = '']: readonly string[]): Buffer | null {
  return value === '' ? null : hash('sha256', Buffer.from(value, 'latin1'), 'buffer');
}

/** Matches a secret in a header by its digest. */
export const headerSha256 = definePredicate({
  name: 'HeaderSHA256',
  summary: "Matches when the SHA-256 of the header's first value is one of these.",
  details:
    'Keeps the secret itself out of the routes. Fit for long random secrets only: a guessable one is soon found from its digest. An empty value never matches. All digests are compared in full, so the time tells nothing; Skipper stops at the first difference.',
  args: [arg.headerName('name'), arg.rest(digest, 1)],
  source: 'Skipper; FIPS 180-4',
  examples: [
    {
      title: 'The digest of "secret"',
      route:
        'HeaderSHA256("X-Key", "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b") -> status(200) -> <shunt>',
      request: { headers: { 'X-Key': 'secret' } },
      response: { status: 200 },
    },
    {
      route:
        'HeaderSHA256("X-Key", "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b") -> status(200) -> <shunt>',
      request: { headers: { 'X-Key': 'Secret' } },
      response: { status: 404 },
    },
  ],
  create: ([name, digests]) => ({
    match({ headers }) {
      const actual = headers.has(name) ? headers.parsed(name, digestOf) : null;
      if (actual === null) return false;
      let found = false;
      for (const each of digests) found = timingSafeEqual(each, actual) || found;
      return found;
    },
  }),
});
