import { EmbeddedActionsParser, type IToken } from 'chevrotain';
import type { Arg, Backend, BalancedBackend, Call, EndpointDef, RouteDef, Span } from '../ast.ts';
import { tokenTypes as t } from '../tokens/tokens.ts';

function spanOf(token: IToken): Span {
  return { start: token.startOffset, end: token.endOffset! };
}

/**
 * A copy that is just as long as needed. An array that has grown by `push` keeps room for sixteen more, which in a table
 * of 100 000 routes is more than all the text.
 */
function trimmed<T>(items: readonly T[]): T[] {
  return items.slice();
}

const names = new Map<string, string>();
const maxNames = 10_000;

/** The one string that stands for all occurrences of a name; few names serve very many calls. */
function shared(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  // A copy of its own: a part of the text would keep all of the text in memory.
  const own = ` ${name}`.slice(1);
  if (names.size < maxNames) names.set(own, own);
  return own;
}

function stringArg(token: IToken): Arg {
  return { kind: 'string', value: token.image, span: spanOf(token) };
}

function numberArg(token: IToken): Arg {
  return { kind: 'number', value: Number(token.image), span: spanOf(token) };
}

function regexpArg(token: IToken): Arg {
  return { kind: 'regexp', value: token.image, span: spanOf(token) };
}

function networkBackend(token: IToken): Backend {
  return { kind: 'network', url: token.image, span: spanOf(token) };
}

function wordBackend(kind: 'shunt' | 'loopback' | 'dynamic' | 'forward', token: IToken): Backend {
  return { kind, span: spanOf(token) };
}

/** The grammar of one route, of a list of predicates and of a list of filters; each rule yields definitions directly. */
export class RouteParser extends EmbeddedActionsParser {
  constructor() {
    super(Object.values(t), { maxLookahead: 1, skipValidations: true });
    this.performSelfAnalysis();
  }

  /** Index of the token on which the last parse stopped, the number of tokens if it ended too early, -1 if it succeeded. */
  stopIndex(): number {
    const [error] = this.errors;
    if (!error) return -1;
    const index = this.input.indexOf(error.token);
    return index < 0 ? this.input.length : index;
  }

  /** `[id ':'] predicates '->' (filter '->')* backend` */
  readonly route = this.RULE('route', (): RouteDef => {
    const start = this.LA(1).startOffset;
    let id = '';
    let idSpan: Span | null = null;
    this.OPTION({
      GATE: () => this.LA(2).tokenTypeIdx === t.Colon.tokenTypeIdx,
      DEF: () => {
        const name = this.CONSUME(t.Symbol);
        id = name.image;
        idSpan = spanOf(name);
        this.CONSUME(t.Colon);
      },
    });
    const predicates = this.SUBRULE(this.predicates);
    const filters: Call[] = [];
    this.CONSUME(t.Arrow);
    this.MANY(() => {
      filters.push(this.SUBRULE(this.call));
      this.CONSUME1(t.Arrow);
    });
    const backend = this.SUBRULE(this.backend);
    return { id, idSpan, predicates, filters: trimmed(filters), backend, span: { start, end: this.LA(0).endOffset! } };
  });

  /** `('*' | call) ('&&' ('*' | call))*`; `*` and `Any()` say nothing and are dropped. */
  readonly predicates = this.RULE('predicates', (): Call[] => {
    const predicates: Call[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.And,
      DEF: () => {
        this.OR([
          { ALT: () => this.CONSUME(t.Any) },
          {
            ALT: () => {
              const call = this.SUBRULE(this.call);
              if (call.name !== 'Any') predicates.push(call);
            },
          },
        ]);
      },
    });
    return trimmed(predicates);
  });

  /** `call ('->' call)*` */
  readonly filters = this.RULE('filters', (): Call[] => {
    const filters: Call[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Arrow, DEF: () => filters.push(this.SUBRULE(this.call)) });
    return trimmed(filters);
  });

  /** `name '(' [arg (',' arg)*] ')'` */
  readonly call = this.RULE('call', (): Call => {
    const name = this.CONSUME(t.Symbol);
    const text = shared(name.image);
    const nameSpan = spanOf(name);
    const args: Arg[] = [];
    this.CONSUME(t.OpenParen);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => args.push(this.SUBRULE(this.arg)) });
    const end = this.CONSUME(t.CloseParen).endOffset!;
    return { name: text, args: trimmed(args), span: { start: nameSpan.start, end }, nameSpan };
  });

  /** A string, a number or a regular expression. */
  readonly arg = this.RULE('arg', (): Arg => {
    return this.OR([
      { ALT: () => stringArg(this.CONSUME(t.String)) },
      { ALT: () => numberArg(this.CONSUME(t.Number)) },
      { ALT: () => regexpArg(this.CONSUME(t.Regexp)) },
    ]);
  });

  /** `string | <shunt> | <loopback> | <dynamic> | <forward> | balanced` */
  readonly backend = this.RULE('backend', (): Backend => {
    return this.OR([
      { ALT: () => networkBackend(this.CONSUME(t.String)) },
      { ALT: () => wordBackend('shunt', this.CONSUME(t.Shunt)) },
      { ALT: () => wordBackend('loopback', this.CONSUME(t.Loopback)) },
      { ALT: () => wordBackend('dynamic', this.CONSUME(t.Dynamic)) },
      { ALT: () => wordBackend('forward', this.CONSUME(t.Forward)) },
      { ALT: () => this.SUBRULE(this.balanced) },
    ]);
  });

  /** `'<' [algorithm ','] string (',' string)* '>'` */
  readonly balanced = this.RULE('balanced', (): BalancedBackend => {
    const start = this.CONSUME(t.OpenArrow).startOffset;
    let algorithm: string | null = null;
    let algorithmSpan: Span | null = null;
    this.OPTION(() => {
      const name = this.CONSUME(t.Symbol);
      algorithm = name.image;
      algorithmSpan = spanOf(name);
      this.CONSUME(t.Comma);
    });
    const endpoints: EndpointDef[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const token = this.CONSUME(t.String);
        endpoints.push({ url: token.image, span: spanOf(token) });
      },
    });
    const end = this.CONSUME(t.CloseArrow).endOffset!;
    return { kind: 'balanced', algorithm, algorithmSpan, endpoints: trimmed(endpoints), span: { start, end } };
  });
}
