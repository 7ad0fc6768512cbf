import { UsageError } from './usage-error.ts';

/** Host and port of an address as options write it: ":9090", "127.0.0.1:9090", "[::1]:0". @throws UsageError */
export function splitAddress(address: string): { host: string | undefined; port: number } {
  const [, host, port] = /^([\w.-]*|\[[\da-fA-F:.%\w]+\]):(\d+)$/.exec(address) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    const expected = 'expected an address such as ":9090" or "127.0.0.1:9090"';
    throw new UsageError(`${expected}, found ${JSON.stringify(address)}${whyNot(address)}`);
  }
  const bare = (host as string).replace(/^\[(.*)\]$/, '$1');
  return { host: bare === '' ? undefined : bare, port: Number(port) };
}

/** What is wrong with an address, as far as it can be told. */
function whyNot(address: string): string {
  if (address.includes(',')) return ': one address only';
  if (address.includes('/')) return ': an address has no scheme and no path';
  const [, port] = /:(\d+)$/.exec(address) ?? [];
  if (port !== undefined && Number(port) > 65_535) return ': ports end at 65535';
  if (/^\d+$/.test(address)) return `; did you mean ":${address}"?`;
  return /^[\w.-]+$/.test(address) ? ': a port is missing' : '';
}
