import { option } from '../option.ts';

/** Who clients are, and what every request is told of them. */
export const IDENTITY = {
  'trusted-proxies': option.networks(
    'the networks of proxies whose X-Forwarded-For, X-Forwarded-Proto and Forwarded are believed: for logs, predicates, placeholders and hash keys. Default: none',
  ),
  'forwarded-headers': option.forwardedHeaders(
    'headers that every request is given before it is routed: X-Forwarded-For (the peer is appended), X-Forwarded-Host, X-Forwarded-Method, X-Forwarded-Uri, X-Forwarded-Port, X-Forwarded-Proto; the last two also with a fixed value, as in X-Forwarded-Proto=https',
  ),
  'forwarded-headers-exclude-cidrs': option.networks(
    'the networks of peers whose requests are left as they came by forwarded-headers',
  ),
  'normalize-host': option.boolean(
    false,
    'take the Host of clients in lower case, without port and without a dot at its end, for routes and backends',
  ),
} as const;
