import { UsageError } from './usage-error.ts';

/** Host and port of an address as options write it: ":9090", "127.0.0.1:9090", "[::1]:0". @throws UsageError */
export function splitAddress(address: string): { host: string | undefined; port: number } {
  const [, host, port] = /^(.*):(\d{1,5})$/s.exec(address) ?? [];
  if (port === undefined || Number(port) > 65_535)
    throw new UsageError(`expected an address such as ":9090" or "127.0.0.1:9090", found ${JSON.stringify(address)}`);
  const bare = (host as string).replace(/^\[(.*)\]$/, '$1');
  return { host: bare === '' ? undefined : bare, port: Number(port) };
}
