import type { Log } from './filter.ts';

/** A log that nobody reads. */
export const NO_LOG: Log = Object.freeze({ debug() {}, info() {}, warn() {}, error() {} });

/** `log`, with the facts in `about` in each of its lines. */
export function logAbout(log: Log, about: Readonly<Record<string, unknown>>): Log {
  return {
    debug: (message, fields) => log.debug(message, { ...about, ...fields }),
    info: (message, fields) => log.info(message, { ...about, ...fields }),
    warn: (message, fields) => log.warn(message, { ...about, ...fields }),
    error: (message, fields) => log.error(message, { ...about, ...fields }),
  };
}
