/** The address of a backend, read: where connections go, and what else its text says. */
export interface Address {
  /** Scheme and authority without a default port, such as "http://a:8080"; connections are shared by it. */
  readonly origin: string;
  readonly scheme: 'http' | 'https';
  /** The Host of requests to it: host and, unless it is the default one, port. */
  readonly authority: string;
  /** Host name or address, IPv6 in brackets. */
  readonly hostname: string;
  /** Share of the traffic among the endpoints of a balanced backend: `?weight=3`. Default 1. */
  readonly weight: number;
  /** What is worth saying of an address that can be called, such as that its path is not sent; null: nothing. */
  readonly advice: string | null;
}

const MAX_WEIGHT = 1000;
const MAX_PORT = 65_535;

/** Scheme, what should be "//", authority, and the rest from "/", "?" or "#" on. */
const PARTS = /^([A-Za-z][A-Za-z0-9+.-]*):(\/*)([^/?#]*)(.*)$/s;
const HOST_AND_PORT = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s;
/** URL would repair these: backslashes become slashes, line breaks vanish, escapes are decoded. */
const NOT_IN_HOST = /[\x00-\x20\x7f"%*<>\\^`{|}]/;

/** Schemes that others know, and why they are of no use here. */
const OTHER_SCHEMES: Readonly<Record<string, string>> = {
  unix: 'Unix sockets are not supported',
  h2c: 'HTTP/2 to backends is not supported; expected http or https',
  fastcgi: 'FastCGI is not supported; expected http or https',
  ws: 'WebSockets go over http',
  wss: 'WebSockets go over https',
};

/**
 * Reads the address of a network backend, of an endpoint, or of a `<dynamic>` backend: the one place that knows what one
 * looks like. Path and query are not sent, as in Skipper; `advice` says so.
 * @throws Error whose message begins with the address and says which part of it is wrong.
 */
export function readAddress(text: string): Address {
  const { scheme, authority, rest } = split(text);
  checkAuthority(text, scheme, authority, rest);
  const url = URL.parse(text);
  if (url === null) return refuse(text, `"${authority}" is no host`);
  return {
    origin: `${url.protocol}//${url.host}`,
    scheme,
    authority: url.host,
    hostname: url.hostname,
    weight: weightOf(text, url.searchParams.get('weight')),
    advice: adviceOn(url),
  };
}

function refuse(text: string, problem: string): never {
  throw new Error(`"${text}" is no usable address: ${problem}`);
}

function meant(address: string): string {
  return URL.canParse(address) ? `; did you mean "${address}"?` : '; expected one like "http://host:port"';
}

function split(text: string): { scheme: 'http' | 'https'; authority: string; rest: string } {
  const [, given = '', slashes = '', authority = '', rest = ''] = PARTS.exec(text) ?? [];
  const scheme = given.toLowerCase();
  const isKnown = scheme === 'http' || scheme === 'https';
  if (isKnown && slashes.length >= 2) {
    if (slashes.length > 2) refuse(text, `it has no host${meant(`${scheme}://${authority}${rest}`)}`);
    return { scheme, authority, rest };
  }
  if (isKnown) return refuse(text, `"${given}:" is followed by "//"${meant(`${scheme}://${authority}${rest}`)}`);
  const other = Object.hasOwn(OTHER_SCHEMES, scheme) ? OTHER_SCHEMES[scheme] : undefined;
  if (other !== undefined && !/^\d+$/.test(authority)) return refuse(text, other);
  if (slashes.length >= 2)
    return refuse(text, `the scheme "${given}" is neither http nor https${meant(`http://${authority}${rest}`)}`);
  return refuse(text, `it has no scheme${meant(withScheme(text))}`);
}

/** The text with the scheme that it lacks, or in place of one that is spelled wrongly, such as "http//" or "http;//". */
function withScheme(text: string): string {
  const [, scheme = 'http', rest = ''] = /^(https?(?=[/;.,]))?[/;.,]*(.*)$/is.exec(text) ?? [];
  return `${scheme.toLowerCase()}://${rest}`;
}

function checkAuthority(text: string, scheme: string, authority: string, rest: string): void {
  // Never shown: errors end up in logs.
  if (authority.includes('@')) throw new Error(`"${scheme}://…@${authority.split('@').at(-1)}${rest}" ${CREDENTIALS}`);
  const [, host = '', port] = HOST_AND_PORT.exec(authority) ?? [];
  if (host === 'unix' && port !== undefined && !/^\d+$/.test(port)) refuse(text, OTHER_SCHEMES.unix as string);
  if (/^[0-9A-Fa-f:.]+$/.test(authority) && authority.indexOf(':') !== authority.lastIndexOf(':'))
    refuse(text, `an IPv6 address stands in brackets${meant(`${scheme}://${bracketed(authority)}${rest}`)}`);
  if (host === '') refuse(text, 'it has no host; expected one like "http://host:port"');
  if (NOT_IN_HOST.test(host)) refuse(text, `"${host}" is no host`);
  if (port !== undefined && port !== '') checkPort(text, port);
  if (/[\x00-\x20\x7f]/.test(rest)) refuse(text, 'it holds a blank or a control character');
}

const CREDENTIALS = 'is no usable address: credentials in the address of a backend are not sent';

function checkPort(text: string, port: string): void {
  if (!/^\d+$/.test(port)) refuse(text, `the port "${port}" is no number`);
  if (Number(port) < 1 || Number(port) > MAX_PORT) refuse(text, `the port ${port} is not from 1 to ${MAX_PORT}`);
}

/** An IPv6 address that was written without brackets, with what may be a port behind it. */
function bracketed(authority: string): string {
  const [, address = '', port = ''] = /^(.*):(\d{2,5})$/.exec(authority) ?? [];
  return address !== '' && URL.canParse(`http://[${address}]`) ? `[${address}]:${port}` : `[${authority}]`;
}

function weightOf(text: string, given: string | null): number {
  if (given === null) return 1;
  const weight = Number(given);
  if (given.trim() === '' || !(weight > 0 && weight <= MAX_WEIGHT))
    refuse(text, `the weight must be a number above 0, up to ${MAX_WEIGHT}, not "${given}"`);
  return weight;
}

function adviceOn({ pathname, searchParams, hash }: URL): string | null {
  if (pathname !== '/')
    return `the path "${pathname}" of a backend's address is not sent, as in Skipper: requests keep their own; modPath("^", "${pathname.replace(/\/$/, '')}") puts it in front`;
  if (hash !== '') return `what stands behind "#" in a backend's address is not sent`;
  const name = [...searchParams.keys()].find((key) => key !== 'weight');
  if (name === undefined) return null;
  return `"${name}" in the query of a backend's address means nothing here, and is not sent; endpoints take "?weight=3"`;
}
