import {
  type Arg,
  ArgError,
  arg,
  defineFilter,
  type Example,
  type Filter,
  isAddress,
  NetworkSet,
  type PeerCertificate,
} from '../../src/plugin/index.ts';
import { matchesGlob } from './lib/glob.ts';
import { admit, refuse } from './lib/refusal.ts';

const CERTIFICATE_HEADER = 'X-Forwarded-Tls-Client-Cert';
const FAILURES =
  'Without TLS, without a client certificate, or with one that leads to no authority the listener trusts, the request gets 401; with one that does not fit, 403.';
const DIFFERENCE =
  'Difference from Skipper: the certificate must be a trusted one here too, so that mtlsAuthn need not stand before; anybody can sign a certificate with any name himself.';

/** Lets requests pass whose trusted certificate fits. */
function certificateFilter(reason: string, fits: (certificate: PeerCertificate) => boolean): Filter {
  return {
    request(ctx) {
      const certificate = ctx.request.clientCertificate;
      if (certificate === null) refuse(ctx, { status: 401, reason: 'missing-tls', challenge: 'mTLS' });
      else if (!certificate.authorized) refuse(ctx, { status: 401, reason: 'wrong-auth', challenge: 'mTLS' });
      else if (!fits(certificate)) refuse(ctx, { status: 403, reason });
      else admit(ctx, certificate.commonName ?? certificate.subject);
    },
  };
}

const withoutTls = (call: string): Example[] => [
  {
    title: 'Without TLS',
    route: `* -> ${call} -> "http://origin.example"`,
    response: { status: 401 },
    upstream: null,
  },
];

/** Hands the client's certificates to the backend. */
export const tlsPassClientCertificates = defineFilter({
  name: 'tlsPassClientCertificates',
  summary: `Gives the request header ${CERTIFICATE_HEADER} the certificates of the client, base64 of DER, with commas between.`,
  details: `They are passed on whether they are trusted or not.\n\nDifference from Skipper: without a certificate the header is removed, so that no client can make one up.`,
  source: 'Skipper',
  args: [],
  examples: [
    {
      title: 'What a client makes up is dropped',
      route: '* -> tlsPassClientCertificates() -> "http://origin.example"',
      request: { headers: { [CERTIFICATE_HEADER]: 'TUlJ' } },
      upstream: { headers: { [CERTIFICATE_HEADER]: null } },
    },
  ],
  create: () => ({
    request({ request: { headers, clientCertificate } }) {
      headers.assert(CERTIFICATE_HEADER, clientCertificate === null ? null : inBase64(clientCertificate));
    },
  }),
});

/** Encoding some kB for each request of a connection would be waste: it is kept with the certificate. */
const encoded = new WeakMap<PeerCertificate, string>();

function inBase64(certificate: PeerCertificate): string {
  const known = encoded.get(certificate);
  if (known !== undefined) return known;
  const text = certificate.chain.map((der) => Buffer.from(der).toString('base64')).join(',');
  encoded.set(certificate, text);
  return text;
}

/** Asks for a client certificate. */
export const mtlsAuthn = defineFilter({
  name: 'mtlsAuthn',
  summary: 'Lets only requests pass whose client has a certificate that leads to an authority the listener trusts.',
  details: FAILURES,
  source: 'Skipper; RFC 8446 §4.4.2',
  args: [],
  examples: withoutTls('mtlsAuthn()'),
  create: () => certificateFilter('wrong-auth', () => true),
});

/** Asks for an issuer of the client certificate. */
export const mtlsIssuerDn = defineFilter({
  name: 'mtlsIssuerDN',
  summary: "Lets only requests pass whose client's certificate was issued by one of these.",
  details: `A name is written as in RFC 4514, "CN=My CA,O=My Org,C=DE", and compared as text. ${FAILURES}\n\n${DIFFERENCE}`,
  source: 'Skipper; RFC 4514',
  args: [arg.rest(nonEmpty('issuer', 'distinguished name'), 1)],
  examples: withoutTls('mtlsIssuerDN("CN=My CA,O=My Org,C=DE")'),
  create: ([names]) => certificateFilter('wrong-dn', ({ issuer }) => names.includes(issuer)),
});

/** Asks for a common name in the client certificate. */
export const mtlsCn = defineFilter({
  name: 'mtlsCN',
  summary: "Lets only requests pass whose client's certificate has one of these common names.",
  details: `${FAILURES}\n\n${DIFFERENCE}`,
  source: 'Skipper',
  args: [arg.rest(arg.string('name', { doc: 'compared as text' }), 1)],
  examples: withoutTls('mtlsCN("billing", "shop")'),
  create: ([names]) =>
    certificateFilter('wrong-cn', ({ commonName }) => commonName !== null && names.includes(commonName)),
});

/** Asks for an address of some networks in the client certificate. */
export const mtlsSanCidr = defineFilter({
  name: 'mtlsSanCIDR',
  summary: "Lets only requests pass whose client's certificate names an address in one of the networks.",
  details: `Alternative names of the kind IP address count. ${FAILURES}\n\n${DIFFERENCE}`,
  source: 'Skipper; RFC 5280 §4.2.1.6',
  args: [arg.rest(arg.string('network', { doc: 'CIDR notation' }), 1)],
  examples: withoutTls('mtlsSanCIDR("10.0.0.0/8", "2001:db8::/32")'),
  create: ([networks]) => {
    networks.forEach((network, at) => {
      if (!network.includes('/')) throw new ArgError(`expected a network such as "10.0.0.0/8", found "${network}"`, at);
      setOf([network], at);
    });
    return addressFilter(setOf(networks, 0));
  },
});

/** Asks for some address in the client certificate. */
export const mtlsSanIp = defineFilter({
  name: 'mtlsSanIP',
  summary: "Lets only requests pass whose client's certificate names one of these addresses.",
  details: `Alternative names of the kind IP address count. ${FAILURES}\n\n${DIFFERENCE}`,
  source: 'Skipper; RFC 5280 §4.2.1.6',
  args: [arg.rest(arg.string('address'), 1)],
  examples: withoutTls('mtlsSanIP("192.0.2.1", "2001:db8::1")'),
  create: ([addresses]) => {
    addresses.forEach((address, at) => {
      if (!isAddress(address)) throw new ArgError(`expected an IP address, found "${address}"`, at);
    });
    return addressFilter(setOf(addresses, 0));
  },
});

function setOf(networks: readonly string[], at: number): NetworkSet {
  try {
    return new NetworkSet(networks);
  } catch (error) {
    throw new ArgError((error as Error).message, at);
  }
}

const addressFilter = (set: NetworkSet): Filter =>
  certificateFilter('wrong-san', ({ names }) => names.ips.some((address) => set.has(address)));

const hostName = arg.custom(
  'host',
  'host name',
  (value) => {
    const name = String(value).toLowerCase();
    if (!/^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(name) || isAddress(name))
      throw new Error(`expected a host name such as "*.example.org", found ${JSON.stringify(value)}`);
    return name;
  },
  { doc: 'as the first label "*" stands for any one label' },
);

/** Asks for a host name in the client certificate. */
export const mtlsSanDns = defineFilter({
  name: 'mtlsSanDNS',
  summary: "Lets only requests pass whose client's certificate names one of these hosts.",
  details: `Alternative names of the kind DNS name count, compared without case. ${FAILURES}\n\n${DIFFERENCE}`,
  source: 'Skipper; RFC 5280 §4.2.1.6, RFC 9525 §6.3',
  args: [arg.rest(hostName, 1)],
  examples: withoutTls('mtlsSanDNS("api.example.org", "*.shop.example.org")'),
  create: ([hosts]) =>
    certificateFilter('wrong-san', ({ names }) =>
      names.dns.some((name) => hosts.some((host) => matchesGlob(host, name.toLowerCase(), '.'))),
    ),
});

const uriPattern = arg.custom(
  'uri',
  'URI pattern',
  (value) => {
    const pattern = String(value);
    if (!/^[A-Za-z][A-Za-z0-9+.-]*:./.test(pattern) || /[[\\]/.test(pattern))
      throw new Error(`expected a URI such as "spiffe://example.org/ns/*", found ${JSON.stringify(value)}`);
    return pattern;
  },
  { doc: '"*" stands for any characters but "/"; "?", where there is a "*", for one' },
);

/** Asks for a URI in the client certificate. */
export const mtlsSanUri = defineFilter({
  name: 'mtlsSanURI',
  summary: "Lets only requests pass whose client's certificate names one of these URIs.",
  details: `Alternative names of the kind URI count, such as SPIFFE ids. ${FAILURES}\n\n${DIFFERENCE} Character classes ("[a-z]") are refused.`,
  source: 'Skipper; RFC 5280 §4.2.1.6, SPIFFE X.509-SVID §2',
  args: [arg.rest(uriPattern, 1)],
  examples: withoutTls('mtlsSanURI("spiffe://example.org/ns/shop/sa/*")'),
  create: ([patterns]) => {
    const fits = (uri: string, pattern: string): boolean =>
      pattern.includes('*') ? matchesGlob(pattern, uri, '/') : pattern === uri;
    return certificateFilter('wrong-san', ({ names }) =>
      names.uris.some((uri) => patterns.some((pattern) => fits(uri, pattern))),
    );
  },
});

function nonEmpty(name: string, doc: string): Arg<string> {
  return arg.custom(
    name,
    'string',
    (value) => {
      if (typeof value !== 'string' || value === '')
        throw new Error(`expected a ${doc}, found ${JSON.stringify(value)}`);
      return value;
    },
    { doc },
  );
}
