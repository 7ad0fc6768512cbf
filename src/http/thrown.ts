/**
 * Whatever was thrown, as an Error: code of others throws null, symbols, and objects that throw when they are looked at.
 * Never throws itself.
 */
export function errorOf(thrown: unknown): Error {
  try {
    return isReadable(thrown)
      ? thrown
      : new Error(typeof thrown === 'string' ? thrown : `${described(thrown)} was thrown`);
  } catch {
    return new Error('something was thrown that cannot be read');
  }
}

/** What a wrong value is, in a few words for an error message: "null", "a string", "a Promise". Never throws. */
export function described(value: unknown): string {
  try {
    if (value === null || value === undefined) return String(value);
    if (typeof value === 'number' || typeof value === 'symbol' || typeof value === 'boolean') return String(value);
    if (typeof value !== 'object') return `a ${typeof value}`;
    const kind = Object.prototype.toString.call(value).slice(8, -1);
    return /^[AEIOU]/.test(kind) ? `an ${kind}` : `a ${kind}`;
  } catch {
    return 'something that cannot be read';
  }
}

/** An error whose texts can be read: a subclass may have made getters of them that throw. */
function isReadable(thrown: unknown): thrown is Error {
  if (!(thrown instanceof Error)) return false;
  const { message, stack } = thrown;
  return typeof message === 'string' && (stack === undefined || typeof stack === 'string');
}
