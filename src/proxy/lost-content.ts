import { type Body, BodyTooLargeError, ProxyError } from '../http/index.ts';

/** Which message the content is of. */
export type Side = 'request' | 'response';

/** Who took the content of a message. */
export interface Reader {
  /** The filter's name; null: the backend that got it before. */
  readonly filter: string | null;
  readonly side: Side;
}

/**
 * The failure of a message whose content is gone: somebody took it, in part or whole, and put nothing in its place. To go
 * on without it would be to change the message in silence.
 */
export function lostContent({ failure }: Body, { filter, side }: Reader): ProxyError {
  if (failure instanceof ProxyError) return failure;
  if (failure instanceof BodyTooLargeError) return tooLarge(failure, filter, side);
  const who = filter === null ? 'a backend' : `filter ${filter}`;
  const message = `${who} took the content of the ${side}, in part or whole, and nothing was put in its place`;
  return new ProxyError({ code: 'content-lost', status: 500, source: 'internal', message, cause: failure, filter });
}

/** The failure of a message that is longer than the filter that reads it whole allows. */
export function tooLarge(error: BodyTooLargeError, filter: string | null, side: Side): ProxyError {
  return new ProxyError({
    code: 'content-too-large',
    status: side === 'request' ? 413 : 502,
    source: side === 'request' ? 'downstream' : 'upstream',
    message: `filter ${filter ?? ''} reads at most ${error.maxBytes} bytes of a ${side}`,
    cause: error,
    filter,
  });
}
