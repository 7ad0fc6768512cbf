import { option } from '../option.ts';

/** How long clients may take, and how much they may send. */
export const CLIENTS = {
  'read-timeout-server': option.duration('5m', 'time for a whole request, its body included'),
  'read-header-timeout-server': option.duration('60s', "time for a request's head"),
  'write-timeout-server': option.duration(
    '60s',
    'how long a response may stand still because its reader does not read',
  ),
  'idle-timeout-server': option.duration('60s', 'how long an idle client connection is kept'),
  'keepalive-server': option.duration('0s', 'age at which a client connection is closed after its request; 0: never'),
  'keepalive-requests-server': option.int(0, 'requests after which a client connection is closed; 0: no limit'),
  'max-request-line-bytes': option.int(
    16_384,
    'size of a request line (method, target, version) in bytes, beyond which it is answered 414',
  ),
  'max-header-bytes': option.int(65_536, "size of a request's header fields in bytes, beyond which it is answered 431"),
  'max-header-fields': option.int(200, "number of a request's header fields, beyond which it is answered 431"),
  'max-content-length': option.int(
    0,
    "size of a request's body in bytes, beyond which it is answered 413; 0: no limit",
  ),
  'tunnel-idle-timeout': option.duration(
    '1h',
    'how long an upgraded connection (WebSocket) may be silent in both directions; 0: for ever',
  ),
  'tunnel-half-close-timeout': option.duration(
    '30s',
    'the same where one side has ended its sending: the other may never notice that it is alone; 0: as tunnel-idle-timeout',
  ),
  'half-close-clients': option.boolean(
    false,
    'serve clients that close their sending side before they have their answer (nc -N); else they count as gone at once',
  ),
} as const;
