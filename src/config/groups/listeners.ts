import { option } from '../option.ts';

/** Where Sluice listens. */
export const LISTENERS = {
  address: option.address(
    ':9090',
    'where clients are served: "host:port", ":port" for every interface; port 0 takes a free one',
  ),
  'insecure-address': option.address(
    '',
    'where clients are served without TLS too, when address is with TLS; empty turns it off',
    true,
  ),
  'support-listener': option.address(
    '127.0.0.1:9911',
    'where /routes, /metrics, /health and /ready are served, for operators only; ":9911" for every interface; empty turns it off',
    true,
  ),
  'reuse-port': option.boolean(
    false,
    'share address and insecure-address with other processes of the same user that listen there, and with them the clients',
  ),
  'support-listener-hosts': option.list(
    'NAME',
    'names in Host under which the support listener is served, in addition to localhost and addresses; "*" for all',
  ),
} as const;
