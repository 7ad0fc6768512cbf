import type { TokenType } from 'chevrotain';
import type { Token } from '../tokens/tokens.ts';

/** Where a parse stopped: what was there, what came before it and what could have stood there instead. */
export interface Mismatch {
  /** The rule the parse began with. */
  rule: 'route' | 'predicates' | 'filters';
  tokens: readonly Token[];
  /** Index of the offending token; the number of tokens when the text ended too early. */
  index: number;
  /** Token types that may stand there. */
  expected: ReadonlySet<TokenType>;
  /** True when the text might have ended there. */
  mayEnd: boolean;
  /** The source text, of which `base` is the offset in its document. */
  text: string;
  base: number;
}
