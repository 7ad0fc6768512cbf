/** A parameter of an element, `name=token` or `name="quoted"`, and what ends it. */
const PARAMETER = /[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^ \t;,"]*))[ \t]*(?=[;,]|$)/y;

/**
 * The value of the last parameter `name` (in lower case) in a Forwarded header, without quotes; null when there is none
 * with a value. What is malformed is left out, up to the next ";" or ",". Source: RFC 7239 §4.
 */
export function forwardedParameter(header: string, name: string): string | null {
  let last: string | null = null;
  for (let at = 0; at < header.length; ) {
    PARAMETER.lastIndex = at;
    const found = PARAMETER.exec(header);
    if (found === null) at = nextStart(header, at);
    else {
      at = PARAMETER.lastIndex + 1;
      const value = found[2]?.replace(/\\(.)/g, '$1') ?? found[3];
      if (value !== '' && value !== undefined && found[1]?.toLowerCase() === name) last = value;
    }
  }
  return last;
}

function nextStart(header: string, from: number): number {
  for (let at = from; at < header.length; at++) if (header[at] === ';' || header[at] === ',') return at + 1;
  return header.length;
}
