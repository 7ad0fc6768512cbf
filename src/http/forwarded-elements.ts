/** One element of a Forwarded header: what one proxy wrote; values without quotes. Source: RFC 7239 §4. */
export interface ForwardedElement {
  readonly for?: string;
  readonly host?: string;
  readonly proto?: string;
}

/** A parameter of an element, `name=token` or `name="quoted"`, and what ends it. */
const PARAMETER = /[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^ \t;,"]*))[ \t]*(?=[;,]|$)/y;

/**
 * The elements of a Forwarded header, all lines joined, in their order. What is malformed is left out, up to the next ";"
 * or ","; names are in any case.
 */
export function forwardedElements(header: string): ForwardedElement[] {
  const elements: Record<string, string>[] = [{}];
  for (let at = 0; at < header.length; ) {
    PARAMETER.lastIndex = at;
    const found = PARAMETER.exec(header);
    if (found !== null) note(elements.at(-1) as Record<string, string>, found);
    const end = found === null ? nextMark(header, at) : PARAMETER.lastIndex;
    if (header[end] === ',') elements.push({});
    at = end + 1;
  }
  return elements;
}

function note(element: Record<string, string>, [, name = '', quoted, token]: RegExpExecArray): void {
  const value = quoted?.replace(/\\(.)/g, '$1') ?? token ?? '';
  const key = name.toLowerCase();
  if (value !== '' && (key === 'for' || key === 'host' || key === 'proto')) element[key] = value;
}

function nextMark(header: string, from: number): number {
  for (let at = from; at < header.length; at++) if (header[at] === ';' || header[at] === ',') return at;
  return header.length;
}
