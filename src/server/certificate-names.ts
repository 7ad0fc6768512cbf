import type { PeerCertificate } from '../http/index.ts';

/** One alternative name: its kind and what it says, in quotes where it has characters that could be taken for others. */
const NAME = /([^:,"]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;

/**
 * The subject's alternative names in a certificate, of the kinds that are of use here; `text` is how Node has them:
 * "DNS:a.example, IP Address:10.0.0.1". Source: RFC 5280 §4.2.1.6.
 */
export function alternativeNames(text: string): PeerCertificate['names'] {
  const names = { dns: [] as string[], ips: [] as string[], uris: [] as string[] };
  NAME.lastIndex = 0;
  for (let found = NAME.exec(text); found !== null; found = NAME.exec(text)) {
    const [, kind, value = ''] = found;
    const name = value.startsWith('"') ? JSON.parse(value) : value;
    if (kind === 'DNS') names.dns.push(name);
    else if (kind === 'IP Address') names.ips.push(name);
    else if (kind === 'URI') names.uris.push(name);
  }
  return names;
}

/**
 * A distinguished name in the form of RFC 4514, the last part first: "CN=ada,O=Example,C=DE". `lines` is how Node has it:
 * a part a line, the first one first, with the escapes of RFC 4514 already.
 */
export function distinguishedName(lines: string): string {
  return lines
    .split('\n')
    .map((part) => part.replaceAll(' + ', '+'))
    .reverse()
    .join(',');
}

/** The common name in a distinguished name, the last one where there are several; null without one. */
export function commonName(lines: string): string | null {
  const last = lines
    .split(/\n| \+ /)
    .findLast((attribute) => attribute.startsWith('CN='))
    ?.slice('CN='.length);
  return (
    last?.replace(/\\([0-9A-F]{2}|.)/g, (_, it) => (it.length === 1 ? it : String.fromCharCode(+`0x${it}`))) ?? null
  );
}
