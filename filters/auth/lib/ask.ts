import type { CustomFetchOptions } from 'openid-client';

/** How long another server may take for its whole answer, in ms, unless said otherwise. */
export const ASK_TIMEOUT_MS = 2000;
/** The same where a library asks, which has time limits of its own below this one. */
const ASK_LIBRARY_TIMEOUT_MS = 10_000;
/** How many questions to one place may be under way at once: a place that is slow holds no more sockets than these. */
const MAX_UNDER_WAY = 256;
/** An answer longer than this is no answer. */
const MAX_BYTES = 1 << 20;

/** What is asked of another server. */
export interface Question {
  method?: string;
  headers?: Readonly<Record<string, string>> | [string, string][];
  body?: NonNullable<RequestInit['body']>;
  /** Aborted when nobody waits for the answer any more. */
  signal?: AbortSignal;
  /** Default ASK_TIMEOUT_MS. */
  timeoutMs?: number;
}

/** How many questions to each place are under way in this thread. */
const underWay = new Map<string, number>();

/**
 * Asks another server, and gives what `take` makes of the answer, whose content is thrown away as far as `take` leaves
 * it. Redirects are not followed: they are answers. @throws Error when nothing comes in time, or too much is under way.
 */
export async function ask<T>(
  url: string,
  { timeoutMs = ASK_TIMEOUT_MS, signal, ...init }: Question,
  take: (answer: globalThis.Response) => T | Promise<T>,
): Promise<T> {
  const count = underWay.get(url) ?? 0;
  if (count >= MAX_UNDER_WAY) throw new Error(`${MAX_UNDER_WAY} questions are under way there`);
  underWay.set(url, count + 1);
  try {
    const timeout = AbortSignal.timeout(timeoutMs);
    const until = signal == null ? timeout : AbortSignal.any([signal, timeout]);
    const answer = await fetch(url, { ...init, redirect: 'manual', signal: until });
    const taken = await take(answer);
    if (!answer.bodyUsed) await answer.body?.cancel();
    return taken;
  } finally {
    const left = (underWay.get(url) as number) - 1;
    if (left > 0) underWay.set(url, left);
    else underWay.delete(url);
  }
}

/** `fetch` for libraries that bring no bounds of their own: the content has come whole. @throws Error as `ask` and `jsonObject` do. */
export function boundedFetch(url: string, options: CustomFetchOptions): Promise<globalThis.Response> {
  const { body, signal, ...rest } = options;
  const question = { ...rest, ...(body == null ? {} : { body }), ...(signal == null ? {} : { signal }) };
  return ask(url, { ...question, timeoutMs: ASK_LIBRARY_TIMEOUT_MS }, async (answer) => {
    const content = await boundedContent(answer);
    return new globalThis.Response(content.length === 0 ? null : content, answer);
  });
}

/** The JSON object of an answer. @throws Error when it is none, or too long. */
export async function jsonObject(answer: globalThis.Response): Promise<Record<string, unknown>> {
  const value: unknown = JSON.parse((await boundedContent(answer)).toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('the answer is no JSON object');
  return value as Record<string, unknown>;
}

async function boundedContent(answer: globalThis.Response): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error(`the answer is longer than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
