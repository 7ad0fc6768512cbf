import { parseTemplate } from '../../grammar/index.ts';
import {
  cookieValue,
  encodeQuery,
  encodeQueryComponent,
  forwardedSource,
  octetsToPassingText,
  textToOctets,
} from '../http/index.ts';
import type { FilterContext } from './filter.ts';

type Phase = 'request' | 'response';

/** Text for paths, queries and keys, in which octets that are no UTF-8 pass (see `textOf`); octets (UTF-8, one char each, no control characters) for header values. */
type Form = 'text' | 'octets';

/** A placeholder: how it reads its value (null when what it names is not there), and the form that value has. */
interface Placeholder {
  readonly form: Form;
  /** It is a query as it travels, not a value. */
  readonly isQuery?: true;
  readonly read: (ctx: FilterContext, phase: Phase) => string | null;
}

type Part = { readonly text: string; readonly octets: string } | Placeholder;

/**
 * Text with placeholders `${…}`, parsed once and filled per request: path parameters, request.header.NAME,
 * request.query.NAME, request.cookie.NAME, request.method|scheme|host|path|rawQuery|source|sourceFromLast|clientIP, and in the
 * response phase response.header.NAME. Source: Skipper, eskip templates.
 */
export class Template {
  readonly source: string;
  /** The text itself where it has no placeholder, else null. */
  readonly constant: string | null;
  readonly #constantOctets: string | null;
  readonly #parts: readonly Part[];

  constructor(source: string) {
    this.source = source;
    const pieces = parseTemplate(source);
    this.constant = pieces.every((piece) => piece.kind === 'literal') ? source : null;
    this.#constantOctets = this.constant === null ? null : textToOctets(this.constant);
    this.#parts = pieces.map((piece) =>
      piece.kind === 'literal' ? { text: piece.text, octets: textToOctets(piece.text) } : placeholder(piece.name),
    );
  }

  /** The text for this request; what is missing is empty. `encode` is applied to each value, not to the text around. */
  fill(ctx: FilterContext, phase: Phase = 'request', encode: (value: string) => string = asIs): string {
    if (this.constant !== null) return this.constant;
    let text = '';
    for (const part of this.#parts)
      text += 'read' in part ? encode(shaped(part, 'text', part.read(ctx, phase)) ?? '') : part.text;
    return text;
  }

  /** A query for this request, as it travels; what is missing is empty. Values are encoded, a raw query stays as it is. */
  fillQuery(ctx: FilterContext, phase: Phase = 'request'): string {
    if (this.constant !== null) return this.constant;
    let text = '';
    for (const part of this.#parts) {
      if (!('read' in part)) text += part.text;
      else if (part.isQuery) text += encodeQuery(shaped(part, 'text', part.read(ctx, phase)) ?? '');
      else text += encodeQueryComponent(shaped(part, 'text', part.read(ctx, phase)) ?? '');
    }
    return text;
  }

  /** The text for this request, or null when a placeholder names what is not there. */
  fillAll(ctx: FilterContext, phase: Phase = 'request'): string | null {
    return this.constant ?? this.#joinAll(ctx, phase, 'text');
  }

  /**
   * The octets of a header value for this request, or null when a placeholder names what is not there. Values out of
   * headers go unchanged, text goes as UTF-8; a control character a client smuggled in becomes a space (RFC 9110 §5.5).
   */
  fillHeader(ctx: FilterContext, phase: Phase = 'request'): string | null {
    return this.#constantOctets ?? this.#joinAll(ctx, phase, 'octets');
  }

  #joinAll(ctx: FilterContext, phase: Phase, form: Form): string | null {
    let joined = '';
    for (const part of this.#parts) {
      const piece = 'read' in part ? shaped(part, form, part.read(ctx, phase)) : part[form];
      if (piece === null) return null;
      joined += piece;
    }
    return joined;
  }
}

const asIs = (value: string): string => value;
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/g;

/** The value of a placeholder in the form that is asked for. */
function shaped(from: Placeholder, form: Form, value: string | null): string | null {
  if (value === null) return null;
  if (form === 'text') return from.form === 'text' ? value : octetsToPassingText(value);
  return (from.form === 'text' ? textToOctets(value) : value).replace(CONTROL, ' ');
}

const FIXED: Readonly<Record<string, Placeholder>> = {
  'request.method': { form: 'text', read: ({ request }) => request.method },
  'request.host': { form: 'octets', read: ({ request }) => request.host },
  'request.path': { form: 'text', read: ({ request }) => request.decodedPath },
  'request.rawQuery': { form: 'octets', isQuery: true, read: ({ request }) => request.query },
  'request.source': { form: 'text', read: ({ request }) => forwardedSource(request, 'first') },
  'request.sourceFromLast': { form: 'text', read: ({ request }) => forwardedSource(request, 'last') },
  'request.scheme': { form: 'text', read: ({ request }) => request.client.scheme },
  'request.clientIP': { form: 'text', read: ({ request }) => request.clientAddress },
};

/** The placeholders of a fixed name, and the beginnings of those that end in a name of the request's or response's. */
export const PLACEHOLDERS: readonly string[] = [
  ...Object.keys(FIXED),
  'request.header',
  'request.query',
  'request.cookie',
  'response.header',
];

/** Whether a placeholder is one of those, and so no path parameter. */
export function knownPlaceholder(name: string): boolean {
  return Object.hasOwn(FIXED, name) || FAMILY.test(name);
}

const FAMILY = /^(request\.header|request\.query|request\.cookie|response\.header)\.(.+)$/s;

function placeholder(name: string): Placeholder {
  const fixed = Object.hasOwn(FIXED, name) ? FIXED[name] : undefined;
  if (fixed !== undefined) return fixed;
  const [, family, key = ''] = FAMILY.exec(name) ?? [];
  switch (family) {
    case 'request.header':
      return { form: 'octets', read: ({ request }) => request.headers.get(key) };
    case 'request.query':
      return { form: 'text', read: ({ request }) => request.queryValue(key) };
    case 'request.cookie':
      return { form: 'octets', read: ({ request }) => cookieValue(request.headers, key) };
    case 'response.header':
      return { form: 'octets', read: (ctx, phase) => (phase === 'response' ? ctx.response.headers.get(key) : null) };
    default:
      return { form: 'text', read: ({ params }) => (Object.hasOwn(params, name) ? (params[name] as string) : null) };
  }
}
