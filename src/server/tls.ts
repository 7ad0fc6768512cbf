import { constants, X509Certificate } from 'node:crypto';
import { createSecureContext, createServer, type SecureContext, type Server, type TLSSocket } from 'node:tls';
import { alternativeNames } from './certificate-names.ts';
import { cipherList } from './cipher-suites.ts';
import type { KeyPair, TlsOptions } from './options.ts';

const LONGEST_HANDSHAKE_MS = 120_000;

/** What a TLS server is made of, besides its certificates. */
interface SocketOptions {
  readonly allowHalfOpen: boolean;
  readonly noDelay: boolean;
  /** 0 is the longest there is, two minutes. */
  readonly handshakeTimeoutMs: number;
}

/** A server, not listening yet, whose `secureConnection` gives connections with clients that prove what `tls` asks for. */
export function createTlsServer(tls: TlsOptions, { handshakeTimeoutMs, ...socketOptions }: SocketOptions): Server {
  const { clients, ticketKeys } = tls;
  const asksClients = clients !== undefined;
  const { required = false, verified = false } = clients ?? {};
  const server = createServer({
    ...socketOptions,
    ...contextOptions(tls, tls.pairs[0]),
    ...(tls.pairs.length === 1 ? {} : { SNICallback: chooser(tls) }),
    ...(ticketKeys === undefined ? {} : { ticketKeys: Buffer.from(ticketKeys) }),
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: handshakeTimeoutMs || LONGEST_HANDSHAKE_MS,
    secureOptions:
      constants.SSL_OP_NO_RENEGOTIATION |
      // A resumed session knows the client's certificate, but not the chain behind it any more.
      (asksClients ? constants.SSL_OP_NO_TICKET : 0),
    requestCert: asksClients,
    // What Node refuses gets an alert that says why, but it can only refuse for both reasons at once.
    rejectUnauthorized: required && verified,
  });
  if (required || verified)
    server.on('secureConnection', (socket) => {
      if (hasCertificate(socket) ? !verified || socket.authorized : !required) return;
      server.emit('tlsClientError', unwelcome(socket), socket);
    });
  return server;
}

/** Why a client is not served that showed no certificate, or one that leads nowhere. */
function unwelcome(socket: TLSSocket): Error {
  const code = hasCertificate(socket) ? 'CERT_NOT_TRUSTED' : 'CERT_MISSING';
  return Object.assign(new Error("the client's certificate is missing or not trusted"), { code });
}

function hasCertificate(socket: TLSSocket): boolean {
  return socket.getPeerX509Certificate() !== undefined;
}

function contextOptions({ minVersion = 'TLSv1.2', ciphers, clients }: TlsOptions, { cert, key }: KeyPair) {
  const context = { cert, key, minVersion, ciphers: ciphers ?? cipherList([]), honorCipherOrder: true };
  return clients === undefined ? context : { ...context, ca: [...clients.authorities] };
}

type Choice = (error: Error | null, context?: SecureContext) => void;

/** Finds the certificate for the name a client asks for: exactly that name, else "*" for its first label (RFC 9525 §6.3). */
function chooser(tls: TlsOptions): (name: string, choose: Choice) => void {
  const byName = new Map<string, SecureContext>();
  for (const pair of tls.pairs) {
    const context = createSecureContext(contextOptions(tls, pair));
    for (const written of alternativeNames(new X509Certificate(pair.cert).subjectAltName ?? '').dns) {
      const name = written.toLowerCase();
      if (!byName.has(name)) byName.set(name, context);
    }
  }
  return (asked, choose) => {
    const name = asked.toLowerCase();
    choose(null, byName.get(name) ?? byName.get(`*${name.slice(name.indexOf('.'))}`));
  };
}
