/**
 * Letters of other scripts that are drawn like letters of ASCII, by the letter they look like: what gets into a file by a
 * keyboard that was switched, or by copying. Source: Unicode, UTS #39 confusables.txt, as far as Cyrillic, Greek and
 * Armenian letters have ASCII prototypes.
 */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  A: 'АΑ',
  B: 'ВΒ',
  C: 'СϹ',
  E: 'ЕΕ',
  F: 'Ϝ',
  G: 'Ԍ',
  H: 'НΗ',
  I: 'ІӀΙ',
  J: 'ЈͿ',
  K: 'КΚ',
  M: 'МΜ',
  N: 'Ν',
  O: 'ОΟՕ',
  P: 'РΡ',
  Q: 'Ԛ',
  S: 'ЅՏ',
  T: 'ТΤ',
  U: 'Ս',
  V: 'Ѵ',
  W: 'Ԝ',
  X: 'ХΧ',
  Y: 'УҮΥ',
  Z: 'Ζ',
  a: 'аα',
  c: 'сϲ',
  d: 'ԁ',
  e: 'еҽ',
  g: 'ց',
  h: 'һհ',
  i: 'іιı',
  j: 'јϳ',
  l: 'ӏ',
  n: 'ո',
  o: 'оοօ',
  p: 'рρ',
  q: 'ԛզ',
  r: 'г',
  s: 'ѕ',
  u: 'υս',
  v: 'ѵν',
  w: 'ԝѡ',
  x: 'х',
  y: 'уү',
  '"': '“”„‟«»″',
  "'": '‘’‚‛′',
  '-': '‐‑‒–—―−',
  '->': '→⇒⟶➔➜',
  '*': '∗✱',
  '&&': '∧',
  ',': '‚،',
  ';': ';',
  ':': '∶꞉',
  '/': '∕⁄',
  '|': '∣',
  '<': '‹〈',
  '>': '›〉',
};

const byLetter = new Map(Object.entries(LOOK_ALIKES).flatMap(([ascii, all]) => [...all].map((one) => [one, ascii])));

/** The ASCII that a character looks like, or null: full-width and mathematical letters among others. */
export function looksLike(character: string): string | null {
  const known = byLetter.get(character);
  if (known !== undefined) return known;
  const plain = character.normalize('NFKC');
  return character > '\x7f' && /^[\x21-\x7e]$/.test(plain) ? plain : null;
}

const SCRIPTS = ['Cyrillic', 'Greek', 'Armenian'] as const;
const byScript = SCRIPTS.map((script) => ({ script, pattern: new RegExp(`^\\p{Script=${script}}$`, 'u') }));

const BLANKS: Readonly<Record<string, string>> = {
  '\x85': 'a next-line control',
  '\xa0': 'a no-break space',
  '\u00ad': 'a soft hyphen',
  '\u200b': 'a zero-width space',
  '\u200c': 'a zero-width non-joiner',
  '\u200d': 'a zero-width joiner',
  '\u2028': 'a line separator',
  '\u2029': 'a paragraph separator',
  '\u202f': 'a narrow no-break space',
  '\u2060': 'a word joiner',
  '\u3000': 'an ideographic space',
  '\ufeff': 'a byte order mark',
};

/** A character in words: with its code point, and its script where it could be taken for ASCII. */
export function nameCharacter(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  const hex = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  const blank = BLANKS[character];
  if (blank !== undefined) return `${blank} (${hex})`;
  if (!/^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)) return hex;
  if (point < 0x80) return `'${character}'`;
  const { script } = byScript.find(({ pattern }) => pattern.test(character)) ?? {};
  return script === undefined ? `'${character}' (${hex})` : `${script} letter '${character}' (${hex})`;
}

/** The word around `at`, with every look-alike as the ASCII it looks like; null when something in it is no letter of a name. */
export function plainWord(text: string, at: number): string | null {
  const before = /[\p{L}\p{N}_]*$/u.exec(text.slice(Math.max(0, at - 80), at))?.[0] ?? '';
  const behind = /^[\p{L}\p{N}_]*/u.exec(text.slice(at, at + 80))?.[0] ?? '';
  const plain = [...(before + behind)].map((one) => (one > '\x7f' ? looksLike(one) : one));
  const word = plain.join('');
  return plain.includes(null) || !/^[A-Za-z_]\w*$/.test(word) ? null : word;
}
