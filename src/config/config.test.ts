import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Folder } from '../../test/kit/folder.ts';
import { defaultConfig, filterEnvironment, OPTIONS, optionsPage, readConfig } from './index.ts';
import { fatedFlags, fateOf } from './skipper-flags.ts';

/** The flags of Skipper, one a line: name, and whether it is a bool or takes a value. Source: Skipper, config/config.go. */
const SKIPPER = readFileSync(join(import.meta.dirname, '../../test/fixtures/skipper-flags.txt'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split(' ') as [name: string, kind: 'bool' | 'value']);

/** What readConfig says: the error, or what it notes. */
function said(...args: string[]): string {
  const notes: string[] = [];
  try {
    readConfig(args, {}, (note) => notes.push(note));
    return notes.join('\n');
  } catch (error) {
    return (error as Error).message;
  }
}

describe("Skipper's command line", () => {
  it('every flag works, is taken without effect, or is refused with its reason', () => {
    assert.ok(SKIPPER.length > 270);
    const unknown = SKIPPER.filter(([name]) => name !== 'version' && !(name in OPTIONS) && fateOf(name) === null);
    assert.deepEqual(unknown, []);
  });

  it('no flag that is an option has another fate besides', () => {
    const both = fatedFlags().filter(([name]) => name in OPTIONS);
    assert.deepEqual(both, [], 'take these rows out of skipper-flags.ts');
  });

  it('flags without effect take a value as they do there, and are told once', () => {
    for (const [name, kind] of SKIPPER) {
      const fate = fateOf(name);
      if (name in OPTIONS || fate?.kind !== 'idle') continue;
      assert.equal(fate.takesValue, kind === 'value', name);
    }
    const note = '--experimental-upgrade has no effect: upgrades such as WebSockets are always passed on';
    assert.equal(said('-experimental-upgrade', '--experimental-upgrade=true', '-address', ':1'), note);
    assert.equal(
      said('-source-poll-timeout', '3000', '-workers', '2'),
      '--source-poll-timeout has no effect: files are watched, not polled',
    );
  });

  it('refused ones say why', () => {
    assert.equal(
      said('-enable-ratelimits'),
      '--enable-ratelimits is not supported: rate limits: it comes in a later version of Sluice',
    );
    assert.match(said('-kubernetes-in-cluster'), /^--kubernetes-in-cluster is not supported: .*Kubernetes/);
    assert.match(said('-swarm-redis-urls', 'x'), /not supported/);
  });

  it('values are read in its spelling', () => {
    const read = (...args: string[]) => readConfig(args);
    assert.equal(read('-application-log-level', 'INFO')['application-log-level'], 'info');
    assert.equal(read('-application-log-level=WARNING')['application-log-level'], 'warn');
    assert.equal(read('-application-log-level=PANIC')['application-log-level'], 'error');
    assert.equal(read('-max-loopbacks', '-1')['max-loopbacks'], 0);
    assert.equal(read('-insecure=T').insecure, true);
    assert.equal(read('-insecure=0').insecure, false);
    assert.match(
      said('-tls-min-version', '1.0'),
      /^option --tls-min-version: TLS 1\.0 and 1\.1 are not offered any more \(RFC 8996\); expected one of 1\.2, 1\.3$/,
    );
  });

  it('what filters ask of the environment can be given as options', () => {
    const config = readConfig(['-oauth2-token-url', 'https://a/token', '-oauth2-grant-insecure']);
    assert.deepEqual(filterEnvironment(config), {
      SLUICE_OAUTH2_TOKEN_URL: 'https://a/token',
      SLUICE_OAUTH2_GRANT_INSECURE: 'true',
    });
    assert.deepEqual(filterEnvironment(defaultConfig()), {});
  });
});

describe('options', () => {
  const cases: [args: string[], message: string | RegExp][] = [
    [['--adress', ':1'], 'unknown option --adress; did you mean --address?'],
    [['--experimental-upgrad'], 'unknown option --experimental-upgrad; did you mean --experimental-upgrade?'],
    [['--zzz'], 'unknown option --zzz; see sluice run --help'],
    [['--address'], 'option --address needs a value (ADDRESS)'],
    [['--address', ':1,:2'], /found ":1,:2": one address only$/],
    [['--address', '9090'], /found "9090"; did you mean ":9090"\?$/],
    [['--address', 'localhost'], /found "localhost": a port is missing$/],
    [['--address', ':99999'], /found ":99999": ports end at 65535$/],
    [['--address', 'http://a:1/'], /no scheme and no path$/],
    [['--timeout-backend', '10'], /found "10"; did you mean "10s"\?$/],
    [['--workers', 'two'], 'option --workers: expected a whole number, found "two"'],
  ];
  for (const [args, message] of cases) {
    it(args.join(' '), () => {
      if (typeof message === 'string') assert.equal(said(...args), message);
      else assert.match(said(...args), message);
    });
  }

  it('in the environment are named as there when they are wrong', () => {
    assert.throws(() => readConfig([], { SLUICE_WORKERS: 'x' }), /^Error: SLUICE_WORKERS: expected a whole number/);
  });

  it('have a page of the reference, with the variable of each', () => {
    const page = optionsPage();
    for (const name of Object.keys(OPTIONS))
      assert.match(
        page,
        new RegExp(`^\\| \`--${name}\` .* \`SLUICE_${name.replaceAll('-', '_').toUpperCase()}\` \\|$`, 'm'),
      );
    assert.match(page, /^\| `--remove-hop-headers` \| fields of a single hop are always removed \|$/m);
  });
});

describe('--config-file', () => {
  let folder: Folder;
  before(async () => {
    folder = await Folder.make();
  });
  after(() => folder[Symbol.asyncDispose]());

  async function read(text: string, args: string[] = [], env: Record<string, string> = {}) {
    await folder.write('a.yaml', text);
    const notes: string[] = [];
    const config = readConfig(['-config-file', folder.at('a.yaml'), ...args], env, (note) => notes.push(note));
    return { config, notes: notes.map((note) => note.replace(folder.at('a.yaml'), 'a.yaml')) };
  }

  it('gives options by the names of flags, lists among them', async () => {
    const { config } = await read(
      'address: ":8080"\nworkers: 3\ninsecure: true\ntimeout-backend: 5s\nroutes-file: [a, b]\nfilters-dir:\n  - &d c\n  - *d\naccess-log:\n',
    );
    assert.deepEqual(
      [
        config.address,
        config.workers,
        config.insecure,
        config['timeout-backend'],
        config['routes-file'],
        config['filters-dir'],
      ],
      [':8080', 3, true, 5000, ['a', 'b'], ['c', 'c']],
    );
    assert.deepEqual((await read('# nothing\n')).config, { ...defaultConfig(), 'config-file': folder.at('a.yaml') });
  });

  it('comes behind flags and environment', async () => {
    const text = 'address: ":1"\nworkers: 1\nmax-loopbacks: 1\n';
    const { config } = await read(text, ['--address', ':3'], { SLUICE_ADDRESS: ':2', SLUICE_WORKERS: '2' });
    assert.deepEqual([config.address, config.workers, config['max-loopbacks']], [':3', 2, 1]);
    await folder.write('b.yaml', 'workers: 7');
    assert.equal(readConfig([], { SLUICE_CONFIG_FILE: folder.at('b.yaml') }).workers, 7);
  });

  it("tells of Skipper's flags without effect, with their place", async () => {
    const { notes } = await read('address: ":1"\nexperimental-upgrade: true\nmetrics-flavour: [prometheus]\n');
    assert.deepEqual(notes, [
      'a.yaml:2:1: experimental-upgrade has no effect: upgrades such as WebSockets are always passed on',
      "a.yaml:3:1: metrics-flavour has no effect: metrics are always Prometheus'",
    ]);
  });

  const wrong: [text: string, message: RegExp][] = [
    ['workers: x', /a\.yaml:1:1: workers: expected a whole number, found "x"$/],
    ['a: 1\n', /a\.yaml:1:1: unknown option "a"; see sluice run --help$/],
    ['workers: 1\n\nadress: ":1"', /a\.yaml:3:1: unknown option "adress"; did you mean address\?$/],
    ['workers: 1\nkubernetes: true', /a\.yaml:2:1: kubernetes is not supported: .*Kubernetes/],
    ['workers: 1\nworkers: 2', /a\.yaml:2:1: .*unique/],
    ['workers: [1', /a\.yaml:1:\d+: /],
    ['- workers', /a\.yaml:1:1: expected options, as in address/],
    ['workers: {a: 1}', /a\.yaml:1:10: expected the value of workers, or a list of values, found a mapping$/],
    ['1: x', /a\.yaml:1:1: expected the name of an option$/],
  ];
  for (const [text, message] of wrong) {
    it(`refuses ${JSON.stringify(text)} at its place`, async () => {
      await assert.rejects(read(text), ({ message: said }: Error) => {
        assert.match(said, message);
        return true;
      });
    });
  }

  it('must be there', () => {
    assert.match(said('--config-file', '/nowhere.yaml'), /^--config-file: there is no file \/nowhere\.yaml$/);
  });
});
