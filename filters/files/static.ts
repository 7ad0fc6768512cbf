import { statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import {
  ArgError,
  arg,
  defineFilter,
  encodePath,
  type Filter,
  type FilterContext,
  type Request,
  type ResponseInit,
} from '../../src/plugin/index.ts';
import { answerWithFile, type FileAnswer, plainAnswer } from './static-file.ts';
import { readStaticOptions, type StaticOptions } from './static-options.ts';

/** Serves files of a folder. */
export const serveStatic = defineFilter({
  name: 'static',
  summary: 'Serves files of a folder.',
  details: `Cuts the prefix off the request path (decoded, with "." and ".." resolved) and looks for the rest in the folder; a path that does not begin with the prefix is 404; the prefix ends where a segment does. No path leads out of the folder; symbolic links in it are followed.
GET and HEAD only, else 405. A folder is answered with its index file, or 404: contents are not listed. A client that asks for a folder without a trailing slash, or for .../index.html, is sent to the folder (301), so that relative links hold; where a filter or a loopback chose the path, the file is served as it is.
Answers carry ETag (of size and time) and Last-Modified; If-Match, If-None-Match, If-(Un)Modified-Since and If-Range are honoured, and Range with one range; for several the whole file is sent. The media type goes by the extension, with charset=utf-8 for text.
The folder must exist when the route is loaded; a relative one starts at the working directory. Names that begin with a dot are 404, but "/.well-known" (RFC 8615).

Options:
- "index=index.html,index.htm": the files that stand for their folder, the first that is there.
- "cacheControl=public, max-age=3600": the Cache-Control of files.
- "precompressed=br,gzip,zstd": where a file has one beside it that is called the same with ".br", ".gz" or ".zst" behind, it is sent to clients that accept the coding; the first is preferred among equals.
- "dotfiles=serve": names that begin with a dot are served too.

Differences from Skipper: no directory listings; "/files" does not serve "/filesystem"; dotfiles are not served; other methods than GET and HEAD are refused; an ETag; no multipart ranges; an unknown extension is application/octet-stream instead of being guessed from the content; the options.`,
  source: 'Skipper; RFC 9110 §8.8, §13, §14',
  args: [
    arg.string('prefix', { doc: 'what to cut off the path' }),
    arg.string('root', { doc: 'the folder with the files' }),
    arg.rest(arg.string('option', { doc: '"name=value": index, cacheControl, precompressed, dotfiles' })),
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
      title: 'A single-page application: what is no file is answered with its page',
      route: `app: PathSubtree("/app") -> loopbackIfStatus(404, "/app/static.eskip") -> static("/app", "./routes/examples", "cacheControl=no-cache") -> <shunt>`,
      request: { target: '/app/cart/7' },
      response: { status: 200, headers: { 'Cache-Control': 'no-cache' } },
    },
    {
      title: 'No way out',
      route: '* -> static("/", "./routes/examples") -> <shunt>',
      request: { target: '/..%2f..%2fpackage.json' },
      response: { status: 404 },
    },
  ],
  create: ([prefix, root, options]) => new Static(prefix, existingFolder(root), readStaticOptions(options, 2)),
});

class Static implements Filter {
  readonly #prefix: string;
  readonly #root: string;
  readonly #options: StaticOptions;

  constructor(prefix: string, root: string, options: StaticOptions) {
    this.#prefix = prefix;
    this.#root = root;
    this.#options = options;
  }

  async request(ctx: FilterContext): Promise<void> {
    const answer = await this.#answer(ctx.request);
    ctx.serve(answer === 'folder' ? plainAnswer(404) : typeof answer === 'number' ? plainAnswer(answer) : answer);
  }

  async #answer(request: Request): Promise<FileAnswer> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return plainAnswer(405, { Allow: 'GET, HEAD' });
    const path = request.matchPath;
    const rest = withoutPrefix(path, this.#prefix);
    if (rest === null || (!this.#options.dotfiles && HIDDEN.test(rest))) return 404;
    // Made absolute before it is joined, a path cannot climb out of the root, whatever is in it.
    const file = join(this.#root, join('/', rest));
    if (path.endsWith('/')) return this.#index(file, request);
    const isAsked = isAskedFor(request);
    const [index] = this.#options.indexes;
    if (isAsked && basename(path) === index) return redirect('./', request);
    const answer = await answerWithFile(file, request, this.#options);
    if (answer !== 'folder') return answer;
    return isAsked ? redirect(`./${encodePath(basename(path))}/`, request) : this.#index(file, request);
  }

  async #index(folder: string, request: Request): Promise<FileAnswer> {
    for (const index of this.#options.indexes) {
      const answer = await answerWithFile(join(folder, index), request, this.#options);
      if (answer !== 404) return answer;
    }
    return 404;
  }
}

/** A segment that begins with a dot, but the one of RFC 8615. */
const HIDDEN = /(?:^|\/)\.(?!well-known(?:\/|$))/;

/**
 * Says whether the client itself asked for what the path names last. What a filter or a loopback chose instead, it would
 * be sent away from for ever: a relative address starts from the path that the client knows.
 */
function isAskedFor({ path, originalTarget }: Request): boolean {
  const mark = originalTarget.indexOf('?');
  const asked = mark < 0 ? originalTarget : originalTarget.slice(0, mark);
  return basenameOf(asked) === basenameOf(path);
}

/** What stands behind the last slash. */
function basenameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
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

function redirect(location: string, { query }: Request): ResponseInit {
  return { status: 301, headers: { Location: query === null ? location : `${location}?${query}` } };
}
