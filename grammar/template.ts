/** A piece of a template: fixed text, or the name of something that is known only per request. */
export type TemplatePart = { kind: 'literal'; text: string } | { kind: 'placeholder'; name: string };

/**
 * Cuts a text at its placeholders `${name}`. A name is any text without braces; `${}` and what is never closed is
 * literal. Literal parts are never empty, so the empty text has no parts.
 */
export function parseTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let position = 0;
  for (const match of text.matchAll(/\$\{([^{}]+)\}/g)) {
    if (match.index > position) parts.push({ kind: 'literal', text: text.slice(position, match.index) });
    parts.push({ kind: 'placeholder', name: match[1]! });
    position = match.index + match[0].length;
  }
  if (position < text.length) parts.push({ kind: 'literal', text: text.slice(position) });
  return parts;
}
