/** A regexp that stands for one text, perhaps bound to the start or the end of the subject. */
export interface PlainText {
  readonly text: string;
  /** Whether it begins with `^`. */
  readonly start: boolean;
  /** Whether it ends with `$`. */
  readonly end: boolean;
}

const PLAIN = /^(\^?)((?:[\w/:%@ -]|\[[.]\]|\\[./-])+)(\$?)$/;
const ESCAPED = /\[([.])\]|\\([./-])/g;

/**
 * The text that a regexp of the commonest kind stands for, such as `^foo[.]example[.]org$`; null for all others, and for
 * what is no regexp. Some hundred times cheaper than reading the pattern: route tables hold such regexps by the thousand.
 */
export function plainText(source: string): PlainText | null {
  const [, start, body, end] = PLAIN.exec(source) ?? [];
  if (body === undefined) return null;
  return { text: body.replace(ESCAPED, '$1$2'), start: start !== '', end: end !== '' };
}
