import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Config, UsageError } from '../config/index.ts';
import { type ClientCertificates, cipherList, type KeyPair, type TlsOptions } from '../server/index.ts';

const TICKET_KEYS_BYTES = 48;

/** What the options on TLS name, read once for all data threads. */
export interface TlsFiles {
  /** What clients are served with; null: without TLS. */
  readonly server: TlsOptions | null;
  /** What backends are shown that ask for a certificate; null: nothing. */
  readonly client: KeyPair | null;
  /** The cipher suites for connections that Sluice opens, as OpenSSL takes them. */
  readonly offeredCiphers: string;
}

/** Which certificates a policy asks for, and what becomes of clients without such. */
const CLIENTS: Readonly<
  Record<Config['tls-client-auth'], Pick<ClientCertificates, 'required' | 'verified'> | undefined>
> = {
  NoClientCert: undefined,
  RequestClientCert: { required: false, verified: false },
  RequireAnyClientCert: { required: true, verified: false },
  VerifyClientCertIfGiven: { required: false, verified: true },
  RequireAndVerifyClientCert: { required: true, verified: true },
};

/** Reads the files. @throws UsageError for a file or an option that is wrong, or missing */
export function readTlsFiles(config: Config): TlsFiles {
  const given = (path: string): string[] => (path === '' ? [] : [path]);
  const [client = null] = readPairs('client-tls', given(config['client-tls-cert']), given(config['client-tls-key']));
  const offeredCiphers = readCiphers('client-tls-cipher-suites', config);
  return { server: readServerFiles(config), client, offeredCiphers };
}

function readCiphers(option: 'tls-cipher-suites' | 'client-tls-cipher-suites', config: Config): string {
  try {
    return cipherList(config[option]);
  } catch (error) {
    throw new UsageError(`option --${option}: ${(error as Error).message}`);
  }
}

function readServerFiles(config: Config): TlsOptions | null {
  const [first, ...others] = readPairs('tls', config['tls-cert'], config['tls-key']);
  const policy = config['tls-client-auth'];
  const authorities = config['mtls-authn-ca'].map((path) => readCertificate('mtls-authn-ca', path));
  const clients = CLIENTS[policy];
  if (first === undefined) {
    if (clients !== undefined) throw new UsageError('option --tls-client-auth: there is no TLS without --tls-cert');
    if (config['insecure-address'] !== '')
      throw new UsageError('option --insecure-address: --address is without TLS too without --tls-cert');
    return null;
  }
  if (clients === undefined && authorities.length > 0)
    throw new UsageError('option --mtls-authn-ca: clients are not asked for certificates without --tls-client-auth');
  if (clients?.verified === true && authorities.length === 0)
    throw new UsageError(`option --tls-client-auth: ${policy} needs authorities (--mtls-authn-ca)`);
  return {
    pairs: [first, ...others],
    minVersion: `TLSv${config['tls-min-version']}`,
    ciphers: readCiphers('tls-cipher-suites', config),
    ...(clients === undefined ? {} : { clients: { ...clients, authorities } }),
    ticketKeys: randomBytes(TICKET_KEYS_BYTES),
  };
}

/** Certificates and their keys; `prefix` is what the names of the two options begin with. */
function readPairs(prefix: string, certPaths: readonly string[], keyPaths: readonly string[]): KeyPair[] {
  if (certPaths.length !== keyPaths.length)
    throw new UsageError(
      `option --${prefix}-key: expected as many as --${prefix}-cert (${certPaths.length}), found ${keyPaths.length}`,
    );
  return certPaths.map((certPath, at) => {
    const keyPath = keyPaths[at] as string;
    const cert = readCertificate(`${prefix}-cert`, certPath);
    const key = readPem({ option: `${prefix}-key`, path: keyPath, what: 'private key', check: createPrivateKey });
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
      throw new UsageError(`option --${prefix}-key: ${keyPath} is not the key of ${certPath}`);
    return { cert, key };
  });
}

function readCertificate(option: string, path: string): string {
  return readPem({ option, path, what: 'certificate', check: (text) => new X509Certificate(text) });
}

/** What to read, for which option, and what throws when something else is there. */
interface PemFile {
  readonly option: string;
  readonly path: string;
  readonly what: string;
  check(text: string): unknown;
}

function readPem({ option, path, what, check }: PemFile): string {
  try {
    const text = readFileSync(path, 'utf8');
    check(text);
    return text;
  } catch (error) {
    throw new UsageError(`option --${option}: expected a ${what} in PEM in ${path}: ${(error as Error).message}`);
  }
}
