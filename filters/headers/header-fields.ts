import {
  areAlike,
  type Filter,
  type FilterContext,
  type HeaderList,
  isAuthority,
  octetsToText,
  type Regexp,
  textToOctets,
} from '../../src/plugin/index.ts';

/** Gives `to` the values that `from` has, line by line; nothing when it has none. */
export function copyField(headers: HeaderList, from: string, to: string): void {
  const values = headers.getAll(from);
  if (values.length === 0) return;
  headers.assert(to, null);
  for (const value of values) headers.append(to, value);
}

/** Changes each line of the field in its place. What `replace` leaves alone stays octet for octet. */
export function replaceInField(headers: HeaderList, name: string, replace: (text: string) => string): void {
  headers.mapValues(name, (value) => replaceOctets(value, replace));
}

/** The same in lines that backends may take for the field, too (see `areAlike`); `replace` adds no line break. */
export function replaceInAlike({ raw }: HeaderList, name: string, replace: (text: string) => string): void {
  for (let at = 0; at < raw.length; at += 2)
    if (areAlike(raw[at] as string, name)) raw[at + 1] = replaceOctets(raw[at + 1] as string, replace);
}

function replaceOctets(octets: string, replace: (text: string) => string): string {
  const text = octetsToText(octets);
  const replaced = replace(text);
  return replaced === text ? octets : textToOctets(replaced);
}

/**
 * Removes the lines whose value the expression matches, of the field and of those that backends may take for it (see
 * `areAlike`).
 */
export function dropFromAlike({ raw }: HeaderList, name: string, expression: Regexp): void {
  for (let at = raw.length - 2; at >= 0; at -= 2) {
    if (areAlike(raw[at] as string, name) && expression.test(octetsToText(raw[at + 1] as string))) raw.splice(at, 2);
  }
}

/** Removes the lines of the field whose value the expression matches. */
export function dropFromField(headers: HeaderList, name: string, expression: Regexp): void {
  headers.mapValues(name, (value) => (expression.test(octetsToText(value)) ? null : value));
}

/** Says whether it is the field that filters do not write, since the upstream call has its own. */
export const isHost = (name: string): boolean => name.toLowerCase() === 'host';

/** Sets the Host for the backend; what a client made up of placeholders that is no host changes nothing. */
export function hostWriter(hostOf: (ctx: FilterContext) => string | null): Filter {
  return {
    request(ctx) {
      const host = hostOf(ctx);
      if (host !== null && isAuthority(host)) ctx.upstream.host = host;
    },
  };
}
