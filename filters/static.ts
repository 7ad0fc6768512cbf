import { constants, type Stats, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import {
  ArgError,
  arg,
  defineFilter,
  encodePath,
  type Filter,
  type FilterContext,
  HeaderList,
  type Request,
  type ResponseInit,
  reasonPhrase,
} from '../src/plugin/index.ts';
import { type ByteRange, parseByteRange } from './byte-range.ts';
import { fileBody } from './file-body.ts';
import { mediaTypeOf } from './media-type.ts';
import { evaluatePreconditions, rangeApplies, type Validators } from './precondition.ts';

const INDEX = 'index.html';

/** Serves files of a folder. */
export const serveStatic = defineFilter({
  name: 'static',
  summary: 'Serves files of a folder.',
  details: `Cuts the prefix off the request path (decoded, with "." and ".." resolved) and looks for the rest in the folder; a path that does not begin with the prefix is 404; the prefix ends where a segment does. No path leads out of the folder; symbolic links in it are followed.
GET and HEAD only, else 405. A folder is asked for with a trailing slash (without: 301) and answered with its index.html, or 404: contents are not listed; .../index.html is sent to its folder (301).
Answers carry ETag (of size and time) and Last-Modified; If-Match, If-None-Match, If-(Un)Modified-Since and If-Range are honoured, and Range with one range; for several the whole file is sent. The media type goes by the extension, with charset=utf-8 for text.
The folder must exist when the route is loaded; a relative one starts at the working directory.

Differences from Skipper: no directory listings; "/files" does not serve "/filesystem"; other methods than GET and HEAD are refused; an ETag; no multipart ranges; an unknown extension is application/octet-stream instead of being guessed from the content.`,
  source: 'Skipper; RFC 9110 §8.8, §13, §14',
  args: [
    arg.string('prefix', { doc: 'what to cut off the path' }),
    arg.string('root', { doc: 'the folder with the files' }),
  ],
  examples: [
    {
      title: 'A file',
      route: 'PathSubtree("/files") -> static("/files", "./routes/examples") -> <shunt>',
      request: { target: '/files/shunt.eskip' },
      response: {
        status: 200,
        headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Accept-Ranges': 'bytes', ETag: /^".+"$/ },
        body: /short and stout/,
      },
    },
    {
      title: 'A part of it',
      route: 'PathSubtree("/files") -> static("/files", "./routes/examples") -> <shunt>',
      request: { target: '/files/shunt.eskip', headers: { Range: 'bytes=0-1' } },
      response: { status: 206, headers: { 'Content-Range': /^bytes 0-1\/\d+$/ }, body: '//' },
    },
    {
      title: 'No way out',
      route: '* -> static("/", "./routes/examples") -> <shunt>',
      request: { target: '/..%2f..%2fpackage.json' },
      response: { status: 404 },
    },
  ],
  create: ([prefix, root]) => new Static(prefix, existingFolder(root)),
});

class Static implements Filter {
  readonly #prefix: string;
  readonly #root: string;

  constructor(prefix: string, root: string) {
    this.#prefix = prefix;
    this.#root = root;
  }

  async request(ctx: FilterContext): Promise<void> {
    ctx.serve(await this.#answer(ctx.request));
  }

  #answer(request: Request): ResponseInit | Promise<ResponseInit> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, { Allow: 'GET, HEAD' });
    const path = request.matchPath;
    const rest = withoutPrefix(path, this.#prefix);
    if (rest === null) return plain(404);
    if (path.endsWith(`/${INDEX}`)) return redirect('./', request);
    // Made absolute before it is joined, a path cannot climb out of the root, whatever is in it.
    const file = join(this.#root, join('/', rest));
    return answerWithFile(path.endsWith('/') ? join(file, INDEX) : file, request);
  }
}

function existingFolder(root: string): string {
  const folder = resolve(root);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new ArgError(`expected a folder that exists, found ${JSON.stringify(root)}`, 1);
  return folder;
}

/** What follows the prefix, which ends where a segment does; null where the path does not begin so. */
function withoutPrefix(path: string, prefix: string): string | null {
  if (!path.startsWith(prefix)) return null;
  const rest = path.slice(prefix.length);
  return rest === '' || rest.startsWith('/') || prefix.endsWith('/') || prefix === '' ? rest : null;
}

async function answerWithFile(path: string, request: Request): Promise<ResponseInit> {
  const file = await openToRead(path);
  if (typeof file === 'number') return plain(file);
  let taken = false;
  try {
    const stats = await file.stat();
    if (stats.isDirectory() && !request.matchPath.endsWith('/'))
      return redirect(`./${encodePath(basename(request.matchPath))}/`, request);
    if (!stats.isFile()) return plain(404);
    const { range, ...response } = fileHead(path, stats, request);
    if (range === null) return response;
    taken = true;
    return { ...response, body: await fileBody(file, range) };
  } finally {
    if (!taken) await file.close();
  }
}

/** Status and headers for a file, and the part of it to send; null: no content. */
function fileHead(path: string, stats: Stats, request: Request): ResponseInit & { range: ByteRange | null } {
  const { headers: asked, method } = request;
  const { size } = stats;
  const validators = validatorsOf(stats);
  const headers = HeaderList.of({
    'Accept-Ranges': 'bytes',
    ETag: validators.etag,
    'Last-Modified': new Date(validators.modifiedMs).toUTCString(),
  });
  const ended = evaluatePreconditions(asked, validators);
  if (ended !== null) return { status: ended, headers, range: null };
  headers.set('Content-Type', mediaTypeOf(path));
  if (method === 'HEAD') {
    headers.set('Content-Length', `${size}`);
    return { status: 200, headers, range: null };
  }
  const range = rangeApplies(asked, validators) ? parseByteRange(asked.joined('Range'), size) : 'whole';
  if (range === 'whole') return { status: 200, headers, range: { start: 0, length: size } };
  if (range === 'unsatisfiable') return { ...plain(416, { 'Content-Range': `bytes */${size}` }), range: null };
  headers.set('Content-Range', `bytes ${range.start}-${range.start + range.length - 1}/${size}`);
  return { status: 206, headers, range };
}

function validatorsOf({ size, mtimeMs }: Stats): Validators {
  return {
    etag: `"${Math.trunc(mtimeMs).toString(16)}-${size.toString(16)}"`,
    modifiedMs: Math.trunc(mtimeMs / 1000) * 1000,
  };
}

/** Opens a file without waiting for the far end of a pipe; the status where that fails for a reason of the request's. */
async function openToRead(path: string): Promise<FileHandle | number> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const status = STATUS_OF_CODE[(error as NodeJS.ErrnoException).code ?? ''];
    if (status === undefined) throw error;
    return status;
  }
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

function plain(status: number, headers: Readonly<Record<string, string>> = {}): ResponseInit {
  return {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers },
    body: `${reasonPhrase(status)}\n`,
  };
}

function redirect(location: string, { query }: Request): ResponseInit {
  return { status: 301, headers: { Location: query === null ? location : `${location}?${query}` } };
}
