import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { PeerCertificate } from '../http/index.ts';
import { alternativeNames, commonName, distinguishedName } from './certificate-names.ts';

/** What the client at the other end of a TLS connection has proved to own, or null. To be asked once per connection. */
export function peerCertificateOf(socket: TLSSocket): PeerCertificate | null {
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? null : new TlsPeerCertificate(certificate, socket.authorized);
}

/** A client's certificate that is taken apart when somebody asks: most routes never do. */
class TlsPeerCertificate implements PeerCertificate {
  readonly authorized: boolean;
  readonly #certificate: X509Certificate;
  #chain: PeerCertificate['chain'] | undefined;
  #subject: string | undefined;
  #issuer: string | undefined;
  #commonName: string | null | undefined;
  #names: PeerCertificate['names'] | undefined;

  constructor(certificate: X509Certificate, authorized: boolean) {
    this.#certificate = certificate;
    this.authorized = authorized;
  }

  get chain(): PeerCertificate['chain'] {
    return (this.#chain ??= chainOf(this.#certificate));
  }

  get subject(): string {
    return (this.#subject ??= distinguishedName(this.#certificate.subject ?? ''));
  }

  get issuer(): string {
    return (this.#issuer ??= distinguishedName(this.#certificate.issuer ?? ''));
  }

  get commonName(): string | null {
    if (this.#commonName === undefined) this.#commonName = commonName(this.#certificate.subject ?? '');
    return this.#commonName;
  }

  get names(): PeerCertificate['names'] {
    return (this.#names ??= alternativeNames(this.#certificate.subjectAltName ?? ''));
  }
}

function chainOf(leaf: X509Certificate): Uint8Array[] {
  const chain: Uint8Array[] = [];
  for (let at: X509Certificate | undefined = leaf; at !== undefined; at = at.issuerCertificate) chain.push(at.raw);
  return chain;
}
