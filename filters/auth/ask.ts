import type { CustomFetchOptions } from 'openid-client';

/** How long another server may take for its whole answer, in ms, unless said otherwise. */
export const ASK_TIMEOUT_MS = 2000;
/** The same where a library asks, which has time limits of its own below this one. */
const ASK_LIBRARY_TIMEOUT_MS = 10_000;
/** An answer longer than this is no answer. */
const MAX_BYTES = 1 << 20;

/** What is asked of another server. */
export interface Question {
  method?: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>> | [string, string][];
  body?: string;
  /** Aborted when nobody waits for the answer any more. */
  signal?: AbortSignal;
  /** Default ASK_TIMEOUT_MS. */
  timeoutMs?: number;
}

/** Asks another server. Redirects are not followed: they are answers. The body must be read or cancelled. */
export function ask(
  url: string,
  { timeoutMs = ASK_TIMEOUT_MS, signal, ...init }: Question = {},
): Promise<globalThis.Response> {
  const timeout = AbortSignal.timeout(timeoutMs);
  return fetch(url, {
    ...init,
    redirect: 'manual',
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
}

/**
 * `fetch` for libraries that bring no bounds of their own: redirects are answers, and the content has come whole, within
 * the time and the size that any answer has. @throws Error when it did not.
 */
export async function boundedFetch(url: string, options: CustomFetchOptions): Promise<globalThis.Response> {
  const { body, signal, ...rest } = options;
  const timeout = AbortSignal.timeout(ASK_LIBRARY_TIMEOUT_MS);
  const answer = await fetch(url, {
    ...rest,
    ...(body == null ? {} : { body }),
    redirect: 'manual',
    signal: signal == null ? timeout : AbortSignal.any([signal, timeout]),
  });
  const content = await boundedContent(answer);
  return new globalThis.Response(content.length === 0 ? null : content, answer);
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
