const ALWAYS_STAY = [
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te'],
  ...['transfer-encoding', 'upgrade', 'http2-settings'],
];
/** What Connection may name in vain. */
const NEVER_STAY = ['host', 'content-length', 'content-type', 'content-encoding'];

/** The fields (flat) of `fields` that go further than one connection, found in the plainest way (RFC 9110 §7.6.1). */
export function passedOn(fields: readonly string[]): string[] {
  const stay = new Set(ALWAYS_STAY);
  for (const [name, value] of pairs(fields)) {
    if (name.toLowerCase() !== 'connection') continue;
    for (const option of value.split(',')) stay.add(option.trim().toLowerCase());
  }
  for (const name of NEVER_STAY) stay.delete(name);
  return pairs(fields)
    .filter(([name]) => !stay.has(name.toLowerCase()))
    .flat();
}

function pairs(fields: readonly string[]): [string, string][] {
  return Array.from({ length: fields.length / 2 }, (_, at) => [fields[2 * at] ?? '', fields[2 * at + 1] ?? '']);
}
