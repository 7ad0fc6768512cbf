import { arg, defineFilter, type FilterContext, isBodiless } from '../../src/plugin/index.ts';
import { forgetBytes } from '../lib/content-change.ts';
import { sniffMediaType } from '../lib/media-type.ts';

const text = arg.string('text', { doc: 'the body' });
const mediaType = arg.optional(
  arg.line('mediaType', { doc: 'its Content-Type; default: recognised from the text (HTML, XML, else plain text)' }),
);

/** Answers with text from the route. */
export const inlineContent = defineFilter({
  name: 'inlineContent',
  summary: 'Answers 200 with the text, without asking a backend.',
  details:
    'The text is sent as UTF-8. Without a media type, text that begins with an HTML tag is text/html, with "<?xml" text/xml, any other text/plain (JSON too: name its type), all with charset=utf-8. A status() to the left of it changes the 200.',
  source: 'Skipper',
  args: [text, mediaType],
  examples: [
    {
      title: 'The type is recognised',
      route: '* -> inlineContent("<h1>Hello</h1>") -> <shunt>',
      response: { status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: '<h1>Hello</h1>' },
    },
    {
      title: 'Another status and type',
      route: '* -> status(420) -> inlineContent("{\\"calm\\": false}", "application/json") -> <shunt>',
      response: { status: 420, headers: { 'Content-Type': 'application/json' }, body: '{"calm": false}' },
    },
  ],
  create: ([content, type]) => {
    const body = Buffer.from(content, 'utf8');
    const headers = { 'Content-Type': type ?? sniffMediaType(content) };
    return { request: (ctx) => ctx.serve({ status: 200, headers, body }) };
  },
});

/** Replaces the body of responses with one status by text from the route. */
export const inlineContentIfStatus = defineFilter({
  name: 'inlineContentIfStatus',
  summary: 'Replaces the body by the text where the response has the status.',
  details:
    'Content-Type as for inlineContent; Content-Encoding, ETag, Last-Modified and the fields that describe the old bytes go. The content it takes the place of is not read. Responses that can have no body (204, 304) stay as they are.\n\nDifference from Skipper: the ETag and Last-Modified of the old content do not stay on the new one.',
  source: 'Skipper',
  args: [arg.int('status', { min: 100, max: 599 }), text, mediaType],
  examples: [
    {
      title: 'A page for 404',
      route: '* -> inlineContentIfStatus(404, "Nothing here.") -> "http://origin.example"',
      origin: { status: 404, headers: { 'Content-Type': 'application/json', ETag: '"1"' }, body: '{"error":"x"}' },
      response: {
        status: 404,
        headers: { 'Content-Type': 'text/plain; charset=utf-8', ETag: null },
        body: 'Nothing here.',
      },
    },
    {
      title: 'Other responses pass',
      route: '* -> inlineContentIfStatus(404, "Nothing here.") -> "http://origin.example"',
      origin: { status: 200, body: 'something' },
      response: { status: 200, body: 'something' },
    },
  ],
  create: ([status, content, type]) => {
    const body = Buffer.from(content, 'utf8');
    const contentType = type ?? sniffMediaType(content);
    return {
      response: (ctx) => {
        if (ctx.response.status === status) replaceContent(ctx, body, contentType);
      },
    };
  },
});

function replaceContent({ request, response }: FilterContext, body: Uint8Array, contentType: string): void {
  if (isBodiless('GET', response.status)) return;
  const { headers } = response;
  forgetBytes(headers);
  for (const name of ['Content-Encoding', 'ETag', 'Last-Modified']) headers.delete(name);
  headers.set('Content-Type', contentType);
  if (request.method === 'HEAD') headers.set('Content-Length', `${body.length}`);
  response.body = request.method === 'HEAD' ? null : body;
}
