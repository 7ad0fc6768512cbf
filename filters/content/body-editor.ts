import type { BodyTransform, Emit, Regexp } from '../../src/plugin/index.ts';
import { BodyText } from './body-text.ts';

/** How a body is edited. Made once per route, shared by its requests. */
export interface Edit {
  readonly pattern: Regexp;
  /** Takes the place of each match, as it stands. */
  readonly replacement: string;
  /** Edits end where this text does: nothing matches across it. Null: the body is one piece. */
  readonly delimiter: string | null;
  /** How much text may wait for its end, in characters. */
  readonly maxBuffer: number;
  /** What happens when more would have to wait: null edits what is there; otherwise the body breaks off with it. */
  readonly overflow: (() => Error) | null;
}

/** Makes, once per route, what makes the editors of its bodies. */
export function bodyEditors(edit: Edit): () => BodyTransform {
  const { delimiter } = edit;
  if (delimiter !== null) return () => new PieceEditor(edit, delimiter);
  const reach = reachOf(edit.pattern);
  return () => new RunningEditor(edit, reach);
}

/** How far from the end of a text a match may begin that what follows could change. */
interface Reach {
  /** The longest match, or Infinity. */
  readonly longest: number;
  /** Of a pattern that is plain text: all it may begin with and not be complete, longest first; else null. */
  readonly beginnings: readonly string[] | null;
}

function reachOf(pattern: Regexp): Reach {
  const { source } = pattern;
  const isPlain = /^[^\\.+*?()|[\]{}^$]+$/.test(source);
  const beginnings = Array.from({ length: Math.max(0, source.length - 1) }, (_, at) =>
    source.slice(0, source.length - 1 - at),
  );
  return { longest: pattern.longestMatch(), beginnings: isPlain ? beginnings : null };
}

/**
 * How much is looked through in one turn, so that other requests have theirs: less where the pattern takes many steps. The end
 * of a text that is held back is looked through again with what follows, hence not less than that.
 */
function turnBytes({ pattern, maxBuffer }: Edit, { longest }: Reach): number {
  if (longest === Number.POSITIVE_INFINITY) return Math.max(1024, maxBuffer);
  return Math.max(1024, longest, Math.floor(Math.min(pattern.longestSubject, Number.MAX_SAFE_INTEGER) / 12));
}

/** Where in `text` the part begins of which what follows may still decide. */
function undecidedFrom(text: string, { longest, beginnings }: Reach): number {
  if (beginnings === null) return text.length - longest;
  return text.length - (beginnings.find((beginning) => text.endsWith(beginning))?.length ?? 0);
}

/**
 * Replaces matches in a body that is one piece.
 *
 * Where matches are bounded, all but the last few characters go out at once (of plain text, all that cannot begin it),
 * and the result is what editing the whole would give. Where they are not, text waits until a match ends in it: up to
 * the limit, then it is edited as it is.
 */
class RunningEditor implements BodyTransform {
  readonly maxChunkBytes: number;
  readonly #edit: Edit;
  readonly #reach: Reach;
  readonly #text = new BodyText();
  #pending = '';
  /** How much of #pending went out already: what a "^" or "\b" at the start of the rest looks back at. */
  #sent = 0;
  /** #pending is not looked through again before it is that long, so that many small chunks cost no square. */
  #scanAt = 0;

  constructor(edit: Edit, reach: Reach) {
    this.#edit = edit;
    this.#reach = reach;
    this.maxChunkBytes = turnBytes(edit, reach);
  }

  chunk(chunk: Uint8Array, emit: Emit): void {
    const more = this.#text.decode(chunk);
    this.#pending = this.#text.turned(this.#pending) + more;
    if (this.#pending.length < this.#scanAt) return;
    const isUndecided = this.#advance(emit, false);
    if (this.#pending.length - this.#sent > this.#edit.maxBuffer) this.#overflow(emit, isUndecided);
    else if (this.#reach.longest === Number.POSITIVE_INFINITY)
      this.#scanAt = Math.min(this.#pending.length * 2, this.#edit.maxBuffer + 1);
  }

  end(emit: Emit): void {
    const rest = this.#text.finish();
    this.#pending = this.#text.turned(this.#pending) + rest;
    this.#advance(emit, true);
  }

  #overflow(emit: Emit, isUndecided: boolean): void {
    if (this.#edit.overflow !== null) throw this.#edit.overflow();
    if (isUndecided) this.#advance(emit, true);
    else this.#pass(emit, this.#pending.length);
    this.#scanAt = 0;
  }

  /** Emits what waits, up to `until`, as it is. */
  #pass(emit: Emit, until: number): void {
    const out = this.#pending.slice(this.#sent, until);
    this.#forget(until);
    if (out !== '') emit(this.#text.encode(out));
  }

  /** Edits and emits what is decided; with `all`, everything there is. Says whether there is a match that is not decided. */
  #advance(emit: Emit, all: boolean): boolean {
    const text = this.#pending;
    const bounded = this.#reach.longest !== Number.POSITIVE_INFINITY;
    // A bounded match that begins before this can neither grow nor give way to one that begins earlier.
    const decided = all ? text.length + 1 : bounded ? undecidedFrom(text, this.#reach) : text.length;
    const edge = bounded ? ('start' as const) : ('end' as const);
    const inserted = this.#text.adopt(this.#edit.replacement);
    const range = { from: this.#sent, decided, edge };
    let { out, copied, isUndecided } = replaceMatches(this.#edit.pattern, inserted, text, range);
    const until = all ? text.length : bounded ? characterStart(text, Math.max(copied, decided)) : copied;
    out += text.slice(copied, until);
    this.#forget(until);
    if (out !== '') emit(this.#text.encode(out));
    return isUndecided;
  }

  #forget(until: number): void {
    const keptFrom = until === 0 ? 0 : characterStart(this.#pending, until - 1);
    this.#pending = this.#pending.slice(keptFrom);
    this.#sent = until - keptFrom;
  }
}

/** Replaces matches in each piece of a body up to and with its delimiter. */
class PieceEditor implements BodyTransform {
  readonly maxChunkBytes: number;
  readonly #edit: Edit;
  readonly #delimiter: string;
  readonly #text = new BodyText();
  #pending = '';
  /** The end of #pending, in which a delimiter may begin. */
  #tail = '';

  constructor(edit: Edit, delimiter: string) {
    this.#edit = edit;
    this.#delimiter = delimiter;
    this.maxChunkBytes = Math.max(1024, edit.maxBuffer);
  }

  chunk(chunk: Uint8Array, emit: Emit): void {
    const more = this.#text.decode(chunk);
    this.#pending = this.#text.turned(this.#pending) + more;
    const delimiter = this.#text.adopt(this.#delimiter);
    // Looked for in what is new only: reading all that waits, chunk by chunk, would cost a square.
    const recent = this.#tail + more;
    let out = recent.includes(delimiter) ? this.#takePieces(delimiter) : '';
    this.#tail = delimiter.length === 1 ? '' : recent.slice(1 - delimiter.length);
    if (this.#pending.length > this.#edit.maxBuffer) {
      if (this.#edit.overflow !== null) throw this.#edit.overflow();
      out += this.#takeRest();
    }
    if (out !== '') emit(this.#text.encode(out));
  }

  end(emit: Emit): void {
    const rest = this.#text.finish();
    this.#pending = this.#text.turned(this.#pending) + rest;
    emit(this.#text.encode(this.#takeRest()));
  }

  #takePieces(delimiter: string): string {
    let out = '';
    let start = 0;
    for (let at = this.#pending.indexOf(delimiter); at >= 0; at = this.#pending.indexOf(delimiter, start)) {
      const end = at + delimiter.length;
      out += this.#edited(this.#pending.slice(start, end));
      start = end;
    }
    this.#pending = this.#pending.slice(start);
    return out;
  }

  #takeRest(): string {
    const rest = this.#edited(this.#pending);
    this.#pending = '';
    this.#tail = '';
    return rest;
  }

  #edited(piece: string): string {
    const inserted = this.#text.adopt(this.#edit.replacement);
    const all = { from: 0, decided: piece.length + 1, edge: 'end' } as const;
    const { out, copied } = replaceMatches(this.#edit.pattern, inserted, piece, all);
    return out + piece.slice(copied);
  }
}

/** The part of a text to edit: from a place up to the first match of which `edge` does not lie before `decided`. */
interface EditRange {
  readonly from: number;
  readonly decided: number;
  readonly edge: 'start' | 'end';
}

/** The text with matches replaced up to the last decided one, which ends at `copied`. Matches without length are ignored. */
function replaceMatches(
  pattern: Regexp,
  inserted: string,
  text: string,
  { from, decided, edge }: EditRange,
): { out: string; copied: number; isUndecided: boolean } {
  let out = '';
  let copied = from;
  let next = from;
  let match = pattern.exec(text, next);
  for (; match !== null; match = pattern.exec(text, next)) {
    const start = match.index;
    const end = start + match[0].length;
    if ((edge === 'start' ? start : end) >= decided) break;
    if (end > start) {
      out += text.slice(copied, start) + inserted;
      copied = end;
    }
    next = end > start ? end : end + 1;
  }
  return { out, copied, isUndecided: match !== null };
}

/** `at`, or the place before it where `at` is inside a character outside the basic plane, which takes two places. */
function characterStart(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
