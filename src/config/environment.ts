import { suggest } from '../../grammar/index.ts';
import { environmentName } from './read.ts';
import { OPTIONS } from './table.ts';

const PREFIX = environmentName('');
/** What Kubernetes puts into the environment of all containers beside a service of our name. */
const SERVICE_LINK = /_SERVICE_HOST$|_SERVICE_PORT(?:_\w+)?$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?$/;
const SERVICE_URL = /^(?:tcp|udp|sctp):\/\//;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What is to be said of variables that look like ours and are not read, with what probably was meant. `others` are read by
 * somebody else.
 */
export function unknownVariables(env: Environment, others: readonly string[] = []): string[] {
  const known = new Set([...Object.keys(OPTIONS).map(environmentName), ...others]);
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.has(name) && !isServiceLink(name, env))
    .map((name) => {
      const meant = suggest(name, known);
      return `the variable ${name} of the environment is no option${meant === null ? '' : `; did you mean ${meant}?`}`;
    });
}

function isServiceLink(name: string, env: Environment): boolean {
  return SERVICE_LINK.test(name) || (name.endsWith('_PORT') && SERVICE_URL.test(env[name] ?? ''));
}
