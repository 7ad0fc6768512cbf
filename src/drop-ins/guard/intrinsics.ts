/** An object that all code of a thread shares, and the functions that stood in it: `keys` and `codes` go together. */
interface Shared {
  readonly path: string;
  readonly object: object;
  readonly keys: readonly PropertyKey[];
  readonly codes: readonly unknown[];
}

const { getOwnPropertyDescriptor, getOwnPropertyNames, getPrototypeOf } = Object;
const { ownKeys } = Reflect;
const text = String;

/**
 * Notes what the language and Node give to all code of this thread: methods of `Array.prototype`, `JSON`, `process` and
 * so on. Returns what names the first of them that was replaced or removed since; null where none was. Additions are fine.
 * It asks none of what may have been replaced, iterators included.
 */
export function watchIntrinsics(): () => string | null {
  const shared = sharedObjects();
  return () => {
    for (let at = 0; at < shared.length; at++) {
      const changed = changedIn(shared[at] as Shared);
      if (changed !== null) return changed;
    }
    return null;
  };
}

function sharedObjects(): Shared[] {
  const found = [sharedOf('globalThis', globalThis)];
  for (const name of getOwnPropertyNames(globalThis)) {
    // What stands behind a getter is loaded when it is asked for.
    const value: unknown = getOwnPropertyDescriptor(globalThis, name)?.value;
    if (!isObject(value) || value === globalThis) continue;
    found.push(sharedOf(name, value));
    const prototype: unknown = getOwnPropertyDescriptor(value, 'prototype')?.value;
    if (isObject(prototype)) found.push(sharedOf(`${name}.prototype`, prototype));
  }
  found.push(sharedOf('TypedArray.prototype', getPrototypeOf(Uint8Array.prototype)), sharedOf('process', process));
  return found;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Functions and getters count; other values are settings, such as Error.stackTraceLimit. */
function sharedOf(path: string, object: object): Shared {
  const keys = ownKeys(object).filter((key) => codeOf(object, key) !== undefined);
  return { path, object, keys, codes: keys.map((key) => codeOf(object, key)) };
}

function codeOf(object: object, key: PropertyKey): unknown {
  const property = getOwnPropertyDescriptor(object, key);
  if (property === undefined) return undefined;
  // Globals behind a getter are replaced by what it loads.
  return typeof property.value === 'function' ? property.value : object === globalThis ? undefined : property.get;
}

function changedIn({ path, object, keys, codes }: Shared): string | null {
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as PropertyKey;
    if (codeOf(object, key) !== codes[at]) return path === 'globalThis' ? text(key) : `${path}.${text(key)}`;
  }
  return null;
}
