import { ArgError, parseDuration } from '../../../src/plugin/index.ts';
import { readOptions } from '../../lib/options.ts';
import { TokenClient, tokenInfoEndpoint } from '../lib/token-client.ts';
import { readUrl } from '../lib/url-argument.ts';

/** The environment variable that names the token info endpoint of routes which do not. */
export const TOKEN_INFO_VARIABLE = 'SLUICE_OAUTH2_TOKENINFO_URL';
const OPTION_NAMES = ['url', 'cache', 'timeout'] as const;

/**
 * The client of the token info endpoint that the options in front of `values` and the environment describe; `at` is the
 * number of options. @throws ArgError
 */
export function tokenInfoClient(values: readonly string[]): { client: TokenClient; at: number } {
  const first = values.findIndex((value) => !OPTION_NAMES.some((name) => value.startsWith(`${name}=`)));
  const at = first < 0 ? values.length : first;
  const { url, cache, timeout } = readOptions(values.slice(0, at), OPTION_NAMES, 0);
  const endpoint = url[0] ?? process.env[TOKEN_INFO_VARIABLE];
  if (endpoint === undefined)
    throw new ArgError(`expected "url=…" as the first argument, or the environment variable ${TOKEN_INFO_VARIABLE}`);
  try {
    const times = { cacheMs: parseDuration(cache[0] ?? '0'), timeoutMs: parseDuration(timeout[0] ?? '2s') };
    const client = new TokenClient(tokenInfoEndpoint(readUrl(endpoint), times));
    return { client, at };
  } catch (error) {
    throw new ArgError((error as Error).message, at === 0 ? -1 : 0);
  }
}
