import { parseDuration } from './plugin/index.ts';

/** What the value of an option is; a duration is kept in milliseconds, a list may be given several times or with commas. */
type OptionType = 'string' | 'int' | 'boolean' | 'duration' | 'list';

interface OptionSpec<T> {
  type: OptionType;
  fallback: T;
  /** One sentence for --help and the reference. */
  doc: string;
  /** What stands for the value in --help. */
  value?: string;
  /** Reads the value, or all values given. @throws Error that says what was expected */
  read(texts: readonly string[]): T;
}

const option = {
  string: (fallback: string, value: string, doc: string): OptionSpec<string> => ({
    type: 'string',
    fallback,
    value,
    doc,
    read: last,
  }),
  address: (fallback: string, doc: string, canBeEmpty = false): OptionSpec<string> => ({
    ...option.string(fallback, 'ADDRESS', doc),
    read(texts) {
      const text = last(texts);
      if (text !== '' || !canBeEmpty) splitAddress(text);
      return text;
    },
  }),
  oneOf: <W extends string>(words: readonly [W, ...W[]], value: string, doc: string): OptionSpec<W> => ({
    type: 'string',
    fallback: words[0],
    value,
    doc,
    read: (texts) => words.find((word) => word === last(texts)) ?? refuse(`one of ${words.join(', ')}`, texts),
  }),
  int: (fallback: number, doc: string, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}): OptionSpec<number> => ({
    type: 'int',
    fallback,
    value: 'N',
    doc,
    read(texts) {
      const text = last(texts);
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      const limits = max === Number.MAX_SAFE_INTEGER ? '' : ` from ${min} to ${max}`;
      return value >= min && value <= max ? value : refuse(`a whole number${limits}`, texts);
    },
  }),
  boolean: (fallback: boolean, doc: string): OptionSpec<boolean> => ({
    type: 'boolean',
    fallback,
    doc,
    read: (texts) => (last(texts) === 'true' ? true : last(texts) === 'false' ? false : refuse('true or false', texts)),
  }),
  duration: (fallback: string, doc: string): OptionSpec<number> => ({
    type: 'duration',
    fallback: parseDuration(fallback),
    value: 'DURATION',
    doc,
    read: (texts) => parseDuration(last(texts)),
  }),
  list: (value: string, doc: string): OptionSpec<string[]> => ({
    type: 'list',
    fallback: [],
    value,
    doc,
    read: (texts) => texts.flatMap((each) => each.split(',')).filter((each) => each !== ''),
  }),
};

function last(texts: readonly string[]): string {
  return texts[texts.length - 1] as string;
}

function refuse(expected: string, texts: readonly string[]): never {
  throw new Error(`expected ${expected}, found ${JSON.stringify(last(texts))}`);
}

/** The policies of `tls-client-auth`. Source: Go, crypto/tls ClientAuthType. */
const CLIENT_AUTHS = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;

/**
 * The options of `sluice run`: one table that flags, environment (SLUICE_ADDRESS …), --help and the reference are made
 * from. Names and defaults are Skipper's where Skipper has the option.
 */
export const OPTIONS = {
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
    ':9911',
    'where /routes, /metrics, /health and /ready are served; empty turns it off',
    true,
  ),
  'routes-file': option.list(
    'PATH',
    'route files, or folders of *.eskip files; watched. Default, when there are no inline routes: ./routes',
  ),
  'inline-routes': option.string('', 'ESKIP', 'routes given on the command line'),
  'filters-dir': option.list(
    'PATH',
    'folders of drop-in filters (*.ts, *.js, *.mjs); watched. Default: ./filters where it exists',
  ),
  workers: option.int(0, 'data threads; 0 takes one per core'),
  demo: option.boolean(false, 'start an embedded upstream of two instances on the ports that the demo routes name'),
  'shutdown-timeout': option.duration('30s', 'how long requests in flight may take to finish after SIGTERM or SIGINT'),
  'wait-for-healthcheck-interval': option.duration(
    '0s',
    'how long to go on accepting after SIGTERM, while the Shutdown predicate is true, before draining',
  ),
  'ignore-trailing-slash': option.boolean(false, 'treat /a and /a/ alike when routes are matched'),
  'default-http-status': option.int(404, 'the status when no route matches', { min: 200, max: 599 }),
  'max-loopbacks': option.int(9, 'how many loopbacks one request may take'),
  'proxy-preserve-host': option.boolean(false, "send the client's Host to the backends instead of the backend's own"),
  'tls-cert': option.list(
    'PATH',
    'certificates in PEM, each with its chain; given, clients are served over TLS. The name that a client asks for chooses by the names in them, else it is the first',
  ),
  'tls-key': option.list('PATH', 'the keys of tls-cert in PEM, in the same order'),
  'tls-min-version': option.oneOf(['1.2', '1.3'], 'VERSION', 'the least version of TLS, 1.2 or 1.3; of backends too'),
  'tls-client-auth': option.oneOf(
    CLIENT_AUTHS,
    'POLICY',
    `what clients are asked for: ${CLIENT_AUTHS.join(', ')}; those that verify need mtls-authn-ca`,
  ),
  'mtls-authn-ca': option.list(
    'PATH',
    'root authorities in PEM that client certificates may come from, for tls-client-auth and the mtls filters. Default: none',
  ),
  insecure: option.boolean(false, 'do not verify the certificates of backends'),
  'client-tls-cert': option.string('', 'PATH', 'the certificate, in PEM with its chain, to show to backends that ask'),
  'client-tls-key': option.string('', 'PATH', 'the key of client-tls-cert, in PEM'),
  'timeout-backend': option.duration('60s', 'time to connect to a backend'),
  'response-header-timeout-backend': option.duration('60s', "time for a backend's response head"),
  'body-idle-timeout-backend': option.duration('300s', "how long a backend's body may stand still"),
  'keepalive-backend': option.duration('30s', 'how long an idle connection to a backend is kept'),
  'idle-conns-num': option.int(64, 'idle connections kept per backend and thread'),
  'read-timeout-server': option.duration('5m', 'time for a whole request, its body included'),
  'read-header-timeout-server': option.duration('60s', "time for a request's head"),
  'write-timeout-server': option.duration(
    '60s',
    'how long a response may stand still because its reader does not read',
  ),
  'idle-timeout-server': option.duration('60s', 'how long an idle client connection is kept'),
  'keepalive-server': option.duration('0s', 'age at which a client connection is closed after its request; 0: never'),
  'keepalive-requests-server': option.int(0, 'requests after which a client connection is closed; 0: no limit'),
  'max-header-bytes': option.int(65_536, "size of a request's header fields in bytes"),
  'max-content-length': option.int(
    0,
    "size of a request's body in bytes, beyond which it is answered 413; 0: no limit",
  ),
  'access-log': option.string('', 'PATH', 'where access log lines go; empty: standard error'),
  'access-log-disabled': option.boolean(false, 'write no access log, but for routes with enableAccessLog()'),
  'access-log-json-enabled': option.boolean(false, 'write the access log as JSON lines'),
  'access-log-strip-query': option.boolean(false, 'leave queries out of the access log'),
  'application-log': option.string('', 'PATH', 'where application log lines go; empty: standard error'),
  'application-log-level': option.oneOf(['info', 'debug', 'warn', 'error'], 'LEVEL', 'debug, info, warn or error'),
  'application-log-json-enabled': option.boolean(false, 'write the application log as JSON lines'),
} as const;

type OptionName = keyof typeof OPTIONS;

/** The value of every option of `sluice run`; durations in milliseconds. */
export type Config = { -readonly [K in OptionName]: (typeof OPTIONS)[K] extends OptionSpec<infer T> ? T : never };

/** A command line that cannot be understood; the message says what was expected. Exit code 2. */
export class UsageError extends Error {}

/** The defaults. */
export function defaultConfig(): Config {
  const entries = Object.entries(OPTIONS).map(([name, spec]) => [
    name,
    Array.isArray(spec.fallback) ? [...spec.fallback] : spec.fallback,
  ]);
  return Object.fromEntries(entries) as Config;
}

/**
 * Reads options by the table: flags with one dash or two, "-name value" and "-name=value"; then the environment
 * (SLUICE_ROUTES_FILE …) for those not given. @throws UsageError
 */
export function readConfig(args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}): Config {
  const given = new Map<OptionName, string[]>();
  for (let at = 0; at < args.length; at++) {
    const [name, attached] = splitFlag(args[at] as string);
    const spec: OptionSpec<unknown> = OPTIONS[name];
    const next = args[at + 1];
    let text = attached;
    if (text === null && spec.type === 'boolean') text = 'true';
    if (text === null) {
      if (next === undefined) throw new UsageError(`option --${name} needs a value (${spec.value})`);
      text = next;
      at++;
    }
    given.set(name, [...(given.get(name) ?? []), text]);
  }
  const config: Record<string, unknown> = defaultConfig();
  for (const name of Object.keys(OPTIONS) as OptionName[]) {
    const fromEnv = env[`SLUICE_${name.replaceAll('-', '_').toUpperCase()}`];
    const texts = given.get(name) ?? (fromEnv === undefined ? null : [fromEnv]);
    if (texts !== null) config[name] = readOption(name, texts);
  }
  return config as Config;
}

/** The lines of --help that list the options. */
export function optionsHelp(): string {
  return (Object.entries(OPTIONS) as [OptionName, OptionSpec<unknown>][])
    .map(
      ([name, spec]) =>
        `  --${name}${spec.value === undefined ? '' : ` ${spec.value}`}\n        ${spec.doc}${shownDefault(spec)}`,
    )
    .join('\n');
}

/** The page of the reference that lists the options. */
export function optionsPage(): string {
  const rows = (Object.entries(OPTIONS) as [OptionName, OptionSpec<unknown>][]).map(([name, spec]) => {
    const fallback = shownDefault(spec).replace(/^ \(default (.*)\)$/, '`$1`');
    return `| \`--${name}\` | ${spec.type} | ${fallback} | ${spec.doc} |`;
  });
  const head = '| option | type | default | meaning |\n|---|---|---|---|';
  const intro =
    'Options of `sluice run`, with one dash or two. Each can be given in the environment too: `--routes-file` is `SLUICE_ROUTES_FILE`.';
  return `# Options\n\n<!-- Generated from the option table by npm run docs. -->\n\n${intro}\n\n${head}\n${rows.join('\n')}\n`;
}

function shownDefault(spec: OptionSpec<unknown>): string {
  const { fallback, type } = spec;
  if (fallback === '' || fallback === false || Array.isArray(fallback)) return '';
  return ` (default ${type === 'duration' ? `${(fallback as number) / 1000}s` : fallback})`;
}

function splitFlag(text: string): [OptionName, string | null] {
  const [, name, , value] = /^--?([A-Za-z][\w-]*)(=(.*))?$/s.exec(text) ?? [];
  if (name === undefined) throw new UsageError(`unexpected argument ${JSON.stringify(text)}; options begin with "-"`);
  if (!Object.hasOwn(OPTIONS, name)) throw new UsageError(`unknown option --${name}; see sluice run --help`);
  return [name as OptionName, value ?? null];
}

function readOption(name: OptionName, texts: readonly string[]): unknown {
  try {
    return (OPTIONS[name] as OptionSpec<unknown>).read(texts);
  } catch (error) {
    throw new UsageError(`option --${name}: ${(error as Error).message}`);
  }
}

/** Host and port of an address as options write it: ":9090", "127.0.0.1:9090", "[::1]:0". @throws UsageError */
export function splitAddress(address: string): { host: string | undefined; port: number } {
  const [, host, port] = /^(.*):(\d{1,5})$/s.exec(address) ?? [];
  if (port === undefined || Number(port) > 65_535)
    throw new UsageError(`expected an address such as ":9090" or "127.0.0.1:9090", found ${JSON.stringify(address)}`);
  const bare = (host as string).replace(/^\[(.*)\]$/, '$1');
  return { host: bare === '' ? undefined : bare, port: Number(port) };
}
