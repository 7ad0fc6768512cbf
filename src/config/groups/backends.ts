import { option } from '../option.ts';

/** How backends are called. */
export const BACKENDS = {
  'proxy-preserve-host': option.boolean(false, "send the client's Host to the backends instead of the backend's own"),
  insecure: option.boolean(false, 'do not verify the certificates of backends'),
  'client-tls-cert': option.string('', 'PATH', 'the certificate, in PEM with its chain, to show to backends that ask'),
  'client-tls-key': option.string('', 'PATH', 'the key of client-tls-cert, in PEM'),
  'client-tls-cipher-suites': option.list(
    'NAMES',
    'as tls-cipher-suites, for all connections that Sluice opens: to backends, providers of tokens and keys',
  ),
  'timeout-backend': option.duration('60s', 'time to connect to a backend'),
  'response-header-timeout-backend': option.duration('60s', "time for a backend's response head"),
  'max-header-bytes-backend': option.int(
    65_536,
    "size of a backend's response head in bytes, status line and fields, beyond which it is answered 502",
    { min: 1 },
  ),
  'max-headers-backend': option.int(1000, "fields in a backend's response head, beyond which it is answered 502", {
    min: 1,
  }),
  'expect-continue-timeout-backend': option.duration(
    '1s',
    'how long a body waits for the 100 Continue of a backend, where the client waits for one; 0: it does not wait',
  ),
  'body-idle-timeout-backend': option.duration('300s', "how long a backend's body may stand still"),
  'keepalive-backend': option.duration('30s', 'how long an idle connection to a backend is kept'),
  'dns-refresh-backend': option.duration(
    '10s',
    "how often backends' names are looked up again while there are connections; those to addresses that are gone take no new requests. 0: for each new connection only",
  ),
  'idle-conns-num': option.int(64, 'idle connections kept per backend and thread'),
} as const;
