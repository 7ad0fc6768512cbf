import { type DropIn, nameOf, withoutVersions } from '../drop-ins/index.ts';

/** What is known of the end of a data thread. */
export interface LastSeen {
  /** The version of the drop-in whose code ran; 0 for none that is known. */
  readonly version: number;
  /** Where its code stood, innermost call first. */
  readonly where: readonly { readonly url: string; readonly line: number; readonly column: number }[];
}

/** Who ended a data thread: a drop-in, by its file's name, or the script of a route. */
export type Culprit =
  | { readonly kind: 'drop-in'; readonly name: string }
  | { readonly kind: 'script'; readonly routeId: string };

/** Who ended a data thread, if that was one of `dropIns` or a script; null when nothing says so. */
export function culpritOf(dropIns: readonly DropIn[], { version, where }: LastSeen): Culprit | null {
  const mark = `?v=${version}`;
  const running = version === 0 ? undefined : dropIns.find(({ code }) => code.url.endsWith(mark));
  if (running !== undefined) return { kind: 'drop-in', name: running.code.name };
  // The outermost call tells the drop-in from what it imports.
  for (const { url } of where.toReversed()) {
    const [, routeId] = /^script of route (.+)$/.exec(url) ?? [];
    if (routeId !== undefined) return { kind: 'script', routeId };
    const own = dropIns.find(({ code }) => code.url === url);
    const found = own ?? dropIns.find(({ code }) => code.modules.some((module) => module.url === url));
    if (found !== undefined) return { kind: 'drop-in', name: found.code.name };
  }
  return null;
}

/** A culprit as the log names it. */
export function culpritName(culprit: Culprit): string {
  return culprit.kind === 'drop-in' ? culprit.name : `script of route ${culprit.routeId}`;
}

/** The innermost place that is not Node's own: `file:line:column`; null for none. */
export function placeOf({ where }: LastSeen): string | null {
  const place = where.find(({ url }) => url !== '' && !url.startsWith('node:'));
  if (place === undefined) return null;
  const url = withoutVersions(place.url);
  return `${url.startsWith('file:') ? nameOf(url) : url}:${place.line}:${place.column}`;
}
