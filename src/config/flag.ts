/** A flag as it stands on a command line; the value is null unless it is attached by "=". */
export interface Flag {
  readonly name: string;
  readonly value: string | null;
}

/** Reads a flag with one dash or two, "-name" or "-name=value"; null for what is none, such as a lone "-". */
export function flagOf(text: string): Flag | null {
  const [, name, , value] = /^--?([A-Za-z][\w-]*)(=(.*))?$/s.exec(text) ?? [];
  return name === undefined ? null : { name, value: value ?? null };
}
