/**
 * The certificate of a TLS client, as the listener read it once per connection. The handshake proved that the client
 * has its key; whether an authority vouches for it is said by `authorized`.
 */
export interface PeerCertificate {
  /** The certificates as they were sent, leaf first, each DER. */
  readonly chain: readonly Uint8Array[];
  /** Whether the chain leads to an authority the listener trusts. */
  readonly authorized: boolean;
  /** The distinguished name of the subject, as RFC 4514 writes it: "CN=ada,O=Example,C=DE". */
  readonly subject: string;
  /** The distinguished name of the issuer, in the same form. */
  readonly issuer: string;
  /** The common name of the subject, or null. */
  readonly commonName: string | null;
  /** The subject's alternative names. Source: RFC 5280 §4.2.1.6. */
  readonly names: {
    readonly dns: readonly string[];
    readonly ips: readonly string[];
    readonly uris: readonly string[];
  };
}
