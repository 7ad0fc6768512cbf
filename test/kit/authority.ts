import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate with its chain and its key, in PEM, and the files that have them. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
  readonly certPath: string;
  readonly keyPath: string;
}

/** What stands in a certificate. */
export interface Subject {
  /** As `openssl req -subj` takes it: "/C=DE/O=Example/CN=ada". */
  readonly subject: string;
  /** Alternative names as OpenSSL writes them: "DNS:a.example", "IP:10.0.0.1", "URI:spiffe://a/b". */
  readonly names?: readonly string[];
}

const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A certificate authority for one test, made by openssl; its files are in a folder of the test. */
export class Authority {
  /** Its certificate, for those who are to trust it. */
  readonly path: string;
  readonly cert: string;
  readonly #folder: string;
  readonly #keyPath: string;
  /** What its certificates carry behind them: nothing, or itself where another one stands above it. */
  readonly #chain: string;

  private constructor(folder: string, path: string, keyPath: string, chain: string) {
    this.path = path;
    this.cert = readFileSync(path, 'utf8');
    this.#folder = folder;
    this.#keyPath = keyPath;
    this.#chain = chain;
  }

  /** Makes one that stands on its own. */
  static make(folder: string, subject: string): Authority {
    const [path, keyPath] = filesOf(folder, subject);
    openssl('req', '-x509', ...CURVE, '-utf8', '-subj', subject, '-days', '2', '-keyout', keyPath, '-out', path);
    return new Authority(folder, path, keyPath, '');
  }

  /** Issues a certificate. */
  issue({ subject, names = [] }: Subject): Issued {
    const extensions = names.length === 0 ? '' : `subjectAltName=${names.join(',')}\n`;
    return this.#sign(subject, extensions);
  }

  /** Makes an authority that this one vouches for. */
  subordinate(subject: string): Authority {
    const { certPath, keyPath, cert } = this.#sign(subject, 'basicConstraints=critical,CA:TRUE\n');
    return new Authority(this.#folder, certPath, keyPath, cert);
  }

  #sign(subject: string, extensions: string): Issued {
    const [certPath, keyPath] = filesOf(this.#folder, subject);
    const [requestPath, extensionsPath] = [`${certPath}.csr`, `${certPath}.ext`];
    writeFileSync(extensionsPath, extensions);
    openssl('req', ...CURVE, '-utf8', '-subj', subject, '-keyout', keyPath, '-out', requestPath);
    const ca = ['-CA', this.path, '-CAkey', this.#keyPath, '-CAcreateserial', '-days', '2'];
    openssl('x509', '-req', '-in', requestPath, ...ca, '-extfile', extensionsPath, '-out', certPath);
    const cert = readFileSync(certPath, 'utf8') + this.#chain;
    writeFileSync(certPath, cert);
    return { cert, key: readFileSync(keyPath, 'utf8'), certPath, keyPath };
  }
}

let made = 0;

function filesOf(folder: string, subject: string): [certPath: string, keyPath: string] {
  const name = `${made++}-${subject.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, 40)}`;
  return [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
