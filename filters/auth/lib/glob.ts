/**
 * Says whether `text` fits a pattern in which "*" stands for any characters and "?" for one, both but for `separator`,
 * and "\" takes the meaning of the character behind it away. Takes at most length × length steps.
 */
export function matchesGlob(pattern: string, text: string, separator = ''): boolean {
  let at = 0;
  let read = 0;
  let star = -1;
  let starRead = 0;
  while (read < text.length) {
    const symbol = pattern[at];
    const char = text[read] as string;
    if (symbol === '*') {
      star = at++;
      starRead = read;
    } else if (symbol === '?' ? char !== separator : literalAt(pattern, at) === char) {
      at += symbol === '\\' ? 2 : 1;
      read++;
    } else if (star >= 0 && text[starRead] !== separator) {
      // The star takes one more.
      at = star + 1;
      read = ++starRead;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

function literalAt(pattern: string, at: number): string | undefined {
  return pattern[at] === '\\' ? pattern[at + 1] : pattern[at];
}
