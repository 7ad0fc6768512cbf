import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { HeaderList, type Request, type ResponseInit, reasonPhrase } from '../../src/plugin/index.ts';
import { negotiateCoding } from '../lib/accept-encoding.ts';
import { mediaTypeOf } from '../lib/media-type.ts';
import { type ByteRange, parseByteRange } from './byte-range.ts';
import { fileBody } from './file-body.ts';
import { evaluatePreconditions, rangeApplies, type Validators } from './precondition.ts';
import type { Precompressed, StaticOptions } from './static-options.ts';

/** A file that is open to be sent. Whoever has it closes the handle. */
interface OpenFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
  /** The coding of its content; null for content as it is. */
  readonly coding: Precompressed | null;
}

/** What a path leads to: a file's answer, a folder, or nothing that may be sent, with the status that says so. */
export type FileAnswer = ResponseInit | 'folder' | number;

/** Answers a GET or HEAD with the file at `path`, an absolute one. @throws the system's error for what is no fault of the request's */
export async function answerWithFile(path: string, request: Request, options: StaticOptions): Promise<FileAnswer> {
  const plain = await openFile(path, null);
  if (typeof plain !== 'object') return plain;
  const file = (await codedTwin(path, request, options)) ?? plain;
  let taken = false;
  try {
    const { range, ...response } = fileHead(path, file, request, options);
    if (range === null) return response;
    taken = true;
    return { ...response, body: await fileBody(file.handle, range) };
  } finally {
    if (!taken) await file.handle.close();
    if (file !== plain) await plain.handle.close();
  }
}

/** The file beside `path` in the coding that the client likes best; null when there is none. */
async function codedTwin(path: string, request: Request, { precompressed }: StaticOptions): Promise<OpenFile | null> {
  const accepted = precompressed.length === 0 ? null : request.headers.joined('Accept-Encoding');
  const left = [...precompressed];
  for (let coding = negotiateCoding(accepted, left); coding !== null; coding = negotiateCoding(accepted, left)) {
    const at = left.findIndex(({ name }) => name === coding?.name);
    const [twin] = left.splice(at, 1) as [Precompressed];
    const file = await openFile(path + twin.suffix, twin);
    if (typeof file === 'object') return file;
  }
  return null;
}

/** Status and headers for a file, and the part of it to send; null: no content. */
function fileHead(
  path: string,
  { stats, coding }: OpenFile,
  { headers: asked, method }: Request,
  { cacheControl, precompressed }: StaticOptions,
): ResponseInit & { range: ByteRange | null } {
  const { size } = stats;
  const validators = validatorsOf(stats, coding);
  const headers = HeaderList.of({
    'Accept-Ranges': 'bytes',
    ETag: validators.etag,
    'Last-Modified': new Date(validators.modifiedMs).toUTCString(),
  });
  if (cacheControl !== null) headers.set('Cache-Control', cacheControl);
  if (precompressed.length > 0) headers.set('Vary', 'Accept-Encoding');
  const ended = evaluatePreconditions(asked, validators);
  if (ended !== null) return { status: ended, headers, range: null };
  headers.set('Content-Type', mediaTypeOf(path));
  if (coding !== null) headers.set('Content-Encoding', coding.name);
  if (method === 'HEAD') {
    headers.set('Content-Length', `${size}`);
    return { status: 200, headers, range: null };
  }
  const range = rangeApplies(asked, validators) ? parseByteRange(asked.joined('Range'), size) : 'whole';
  if (range === 'whole') return { status: 200, headers, range: { start: 0, length: size } };
  if (range === 'unsatisfiable') return { ...plainAnswer(416, { 'Content-Range': `bytes */${size}` }), range: null };
  headers.set('Content-Range', `bytes ${range.start}-${range.start + range.length - 1}/${size}`);
  return { status: 206, headers, range };
}

/** An entity tag is of one representation, so that of a coded file differs from that of the plain one. */
function validatorsOf({ size, mtimeMs }: Stats, coding: Precompressed | null): Validators {
  const suffix = coding === null ? '' : `-${coding.name}`;
  return {
    etag: `"${Math.trunc(mtimeMs).toString(16)}-${size.toString(16)}${suffix}"`,
    modifiedMs: Math.trunc(mtimeMs / 1000) * 1000,
  };
}

/** Opens a file without waiting for the far end of a pipe; the status where that fails for a reason of the request's. */
async function openFile(path: string, coding: Precompressed | null): Promise<OpenFile | 'folder' | number> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const status = STATUS_OF_CODE[(error as NodeJS.ErrnoException).code ?? ''];
    if (status === undefined) throw error;
    return status;
  }
  const stats = await handle.stat().catch(() => null);
  if (stats?.isFile() === true) return { handle, stats, coding };
  await handle.close();
  return stats?.isDirectory() === true ? 'folder' : 404;
}

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  ENOENT: 404,
  ENOTDIR: 404,
  ENAMETOOLONG: 404,
  ELOOP: 404,
  ENXIO: 404,
  // A NUL in the path.
  ERR_INVALID_ARG_VALUE: 404,
  EACCES: 403,
  EPERM: 403,
};

/** An answer of a status and its phrase. */
export function plainAnswer(status: number, headers: Readonly<Record<string, string>> = {}): ResponseInit {
  return {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers },
    body: `${reasonPhrase(status)}\n`,
  };
}
