import { option } from '../option.ts';

/** The policies of `tls-client-auth`. Source: Go, crypto/tls ClientAuthType. */
const CLIENT_AUTHS = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;

const OLD_TLS = 'TLS 1.0 and 1.1 are not offered any more (RFC 8996)';

/** What clients are shown and asked for. */
export const TLS = {
  'tls-cert': option.list(
    'PATH',
    'certificates in PEM, each with its chain; given, clients are served over TLS. The name that a client asks for chooses by the names in them, else it is the first',
  ),
  'tls-key': option.list('PATH', 'the keys of tls-cert in PEM, in the same order'),
  'tls-min-version': option.oneOf(['1.2', '1.3'], 'VERSION', 'the least version of TLS, 1.2 or 1.3; of backends too', {
    '1.0': { refused: OLD_TLS },
    '1.1': { refused: OLD_TLS },
  }),
  'tls-cipher-suites': option.list(
    'NAMES',
    "cipher suites for TLS 1.2, and 1.3 where named, by OpenSSL's names, best first. Default: those with forward secrecy and authenticated encryption",
  ),
  'tls-client-auth': option.oneOf(
    CLIENT_AUTHS,
    'POLICY',
    `what clients are asked for: ${CLIENT_AUTHS.join(', ')}; those that verify need mtls-authn-ca`,
  ),
  'mtls-authn-ca': option.list(
    'PATH',
    'root authorities in PEM that client certificates may come from, for tls-client-auth and the mtls filters. Default: none',
  ),
} as const;
