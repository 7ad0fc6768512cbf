import { isAddress, type Request, withoutPort } from '../http/index.ts';

const LOCAL = /^(?:.+\.)?localhost\.?$/;

/**
 * Finds requests that a web page had a browser send: its own name, pointed at this address by its owner (DNS rebinding), stands in
 * Host. Addresses, names of this machine and those in `names` ("*": all) are fine. Returns the name that is not; null when it is.
 */
export function foreignHost({ host }: Request, names: readonly string[]): string | null {
  const name = withoutPort(host).toLowerCase();
  if (name === '' || LOCAL.test(name) || isAddress(name.replace(/^\[(.*)\]$/, '$1'))) return null;
  return names.some((one) => one === '*' || one.toLowerCase() === name) ? null : host;
}
