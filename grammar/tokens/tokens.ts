import { createToken, EOF, type IToken, type TokenType } from 'chevrotain';

const names = [
  'And',
  'Any',
  'Arrow',
  'CloseParen',
  'OpenParen',
  'Colon',
  'Comma',
  'Semicolon',
  'OpenArrow',
  'CloseArrow',
  'Shunt',
  'Loopback',
  'Dynamic',
  'Forward',
  'Symbol',
  'Number',
  'String',
  'Regexp',
  'Invalid',
] as const;

type TokenName = (typeof names)[number];

/** The vocabulary of the language; `Invalid` stands for text that is no token, so that the parser meets it in order. */
export const tokenTypes = Object.fromEntries(names.map((name) => [name, createToken({ name })])) as Record<
  TokenName,
  TokenType
>;

/** The token types whose text never varies, with that text. */
export const fixedText = new Map<TokenType, string>([
  [tokenTypes.And, '&&'],
  [tokenTypes.Any, '*'],
  [tokenTypes.Arrow, '->'],
  [tokenTypes.OpenParen, '('],
  [tokenTypes.Colon, ':'],
  [tokenTypes.Comma, ','],
  [tokenTypes.CloseParen, ')'],
  [tokenTypes.Semicolon, ';'],
  [tokenTypes.OpenArrow, '<'],
  [tokenTypes.CloseArrow, '>'],
  [tokenTypes.Shunt, '<shunt>'],
  [tokenTypes.Loopback, '<loopback>'],
  [tokenTypes.Dynamic, '<dynamic>'],
  [tokenTypes.Forward, '<forward>'],
]);

/** The four backends that are one word, by the text they are written with. */
export const wordBackends = new Map<string, TokenType>([
  ['<shunt>', tokenTypes.Shunt],
  ['<loopback>', tokenTypes.Loopback],
  ['<dynamic>', tokenTypes.Dynamic],
  ['<forward>', tokenTypes.Forward],
]);

/** A token of a source text. `endOffset` is exclusive, other than Chevrotain's own, and `image` holds the literal's value. */
export class Token implements IToken {
  image = '';
  startOffset = 0;
  endOffset = 0;
  tokenType: TokenType = EOF;
  tokenTypeIdx = 0;
}
