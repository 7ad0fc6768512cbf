import { type Arg, arg } from '../../src/plugin/index.ts';

/** An argument that gives octets as pairs of hexadecimal digits. */
export function hexArg(name: string, doc: string): Arg<Uint8Array> {
  return arg.custom(
    name,
    'hex string',
    (value) => {
      if (typeof value !== 'string' || !/^(?:[0-9A-Fa-f]{2})*$/.test(value))
        throw new Error(`expected pairs of hexadecimal digits, found ${JSON.stringify(value)}`);
      return Buffer.from(value, 'hex');
    },
    { doc },
  );
}
