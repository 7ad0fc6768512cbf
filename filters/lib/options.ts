import { readFileSync } from 'node:fs';
import { ArgError, MASKED, withoutSecrets } from '../../src/plugin/index.ts';
import { fileFault } from './watched-file.ts';

/** Options of a filter, written as "name=value" behind its other arguments; one name may come several times. */
export type Options<N extends string> = { readonly [K in N]: readonly string[] };

/** Reads options; `at` is the number of arguments before them. @throws ArgError for what is none of `names`. */
export function readOptions<const N extends string>(
  values: readonly string[],
  names: readonly N[],
  at: number,
): Options<N> {
  const read = Object.fromEntries(names.map((name) => [name, [] as string[]])) as Record<N, string[]>;
  for (const [index, value] of values.entries()) {
    const equals = value.indexOf('=');
    const name = names.find((each) => each === value.slice(0, Math.max(equals, 0)));
    if (name === undefined) {
      const wanted = names.map((each) => `"${each}=…"`).join(', ');
      throw new ArgError(`expected one of ${wanted}, found ${JSON.stringify(value)}`, at + index);
    }
    read[name].push(value.slice(equals + 1));
  }
  return read;
}

/** What may be shown of a credential: where it stands, when it stands in a file. */
export function shownCredential(value: string): string {
  return value === '' || value.startsWith('secretRef:') ? value : MASKED;
}

/** What may be shown of options of which those of `names` are credentials. */
export function shownOption(value: string, ...names: readonly string[]): string {
  const start = value.indexOf('=') + 1;
  if (!names.includes(value.slice(0, Math.max(0, start - 1)))) return withoutSecrets(value);
  return value.slice(0, start) + shownCredential(value.slice(start));
}

/** A credential of a route. */
export interface Credential {
  /** As the route or the environment has it: itself, or "secretRef:" and the file that it stands in. */
  readonly written: string;
  /** As it is now; reads the file. */
  read(): string;
}

/**
 * A credential as written, out of the environment (where nothing is written), or, after "secretRef:", as it stands in a
 * file when it is asked for. @throws ArgError at `index` when there is none.
 */
export function credential(value: string | undefined, variable: string, index: number): Credential {
  const written = value === undefined || value === '' ? process.env[variable] : value;
  if (written === undefined || written === '')
    throw new ArgError(`expected a value, or the environment variable ${variable}`, index);
  if (!written.startsWith('secretRef:')) return { written, read: () => written };
  const path = written.slice('secretRef:'.length);
  const read = (): string => readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  try {
    read();
    return { written, read };
  } catch (error) {
    throw new ArgError(fileFault(path, error as NodeJS.ErrnoException), index);
  }
}
