import { arg, defineFilter, secretByName } from '../../src/plugin/index.ts';
import { copyField, dropFromField, replaceInField } from './header-fields.ts';

const MISSING =
  'Does nothing when a placeholder names what is not there; what is there and empty counts (Skipper takes it for missing). ${response.header.NAME} reads the response. Holds for responses that the proxy itself makes, errors included.';

/** Replaces a response header. */
export const setResponseHeader = defineFilter({
  name: 'setResponseHeader',
  summary: 'Gives the response header one value, in place of those it had.',
  details: `${MISSING} Headers that frame messages, such as Content-Length, are refused.`,
  args: [arg.headerName('name', { writes: true }), arg.headerValue('value', { secret: secretByName })],
  source: 'Skipper',
  examples: [
    {
      route: 'Path("/users/:id") -> setResponseHeader("X-User", "${id}") -> "http://origin.example"',
      request: { target: '/users/42' },
      origin: { headers: { 'X-User': 'unknown' } },
      response: { headers: { 'X-User': '42' } },
    },
    {
      title: 'Response filters run from right to left, so the left one has the last word',
      route: '* -> setResponseHeader("X-Who", "left") -> setResponseHeader("X-Who", "right") -> status(200) -> <shunt>',
      response: { headers: { 'X-Who': 'left' } },
    },
  ],
  create: ([name, value]) => ({
    response(ctx) {
      const filled = value.fillHeader(ctx, 'response');
      if (filled !== null) ctx.response.headers.set(name, filled);
    },
  }),
});

/** Adds a response header. */
export const appendResponseHeader = defineFilter({
  name: 'appendResponseHeader',
  summary: 'Adds a line with the value to the response header.',
  details: MISSING,
  args: [arg.headerName('name', { writes: true }), arg.headerValue('value', { secret: secretByName })],
  source: 'Skipper',
  aliases: ['responseHeader'],
  examples: [
    {
      route: '* -> appendResponseHeader("Vary", "Accept-Language") -> "http://origin.example"',
      origin: { headers: { Vary: 'Accept-Encoding' } },
      response: { headers: { Vary: 'Accept-Encoding, Accept-Language' } },
    },
  ],
  create: ([name, value]) => ({
    response(ctx) {
      const filled = value.fillHeader(ctx, 'response');
      if (filled !== null) ctx.response.headers.append(name, filled);
    },
  }),
});

/** Removes a response header. */
export const dropResponseHeader = defineFilter({
  name: 'dropResponseHeader',
  summary: 'Removes every line of the response header.',
  args: [arg.headerName('name')],
  source: 'Skipper',
  examples: [
    {
      route: '* -> dropResponseHeader("X-Powered-By") -> "http://origin.example"',
      origin: { headers: { 'x-powered-by': 'PHP/5.2' } },
      response: { headers: { 'X-Powered-By': null } },
    },
  ],
  create: ([name]) => ({
    response: ({ response }) => {
      response.headers.delete(name);
    },
  }),
});

/** Removes values of a response header. */
export const dropResponseHeaderRegexp = defineFilter({
  name: 'dropResponseHeaderRegexp',
  summary: 'Removes the lines of the response header whose value the regular expression matches.',
  details: "Skipper's documentation calls it dropResponseHeaderValueRegexp.",
  args: [arg.headerName('name'), arg.regexp('expression', { secret: secretByName })],
  source: 'Skipper',
  aliases: ['dropResponseHeaderValueRegexp'],
  examples: [
    {
      route: '* -> dropResponseHeaderRegexp("Server", "^Apache") -> "http://origin.example"',
      origin: { headers: { Server: 'Apache/2.4.1' } },
      response: { headers: { Server: null } },
    },
    {
      title: 'Other values stay',
      route: '* -> dropResponseHeaderRegexp("Server", "^Apache") -> "http://origin.example"',
      origin: { headers: { Server: 'nginx' } },
      response: { headers: { Server: 'nginx' } },
    },
  ],
  create: ([name, expression]) => ({ response: ({ response }) => dropFromField(response.headers, name, expression) }),
});

/** Changes a response header by a regular expression. */
export const modResponseHeader = defineFilter({
  name: 'modResponseHeader',
  summary: 'Replaces every match of the regular expression in the response header.',
  details: [
    'Groups are named $1, ${1} or ${name}; $1x means the group "1x", and a group that is not there is empty. An absent',
    'header stays absent. Every line of the header is changed; Skipper changes the first and loses the others.',
  ].join(' '),
  args: [
    arg.headerName('name', { writes: true }),
    arg.regexp('expression', { secret: secretByName }),
    arg.line('replacement', { secret: secretByName }),
  ],
  source: 'Skipper; Go, Regexp.ReplaceAllString',
  examples: [
    {
      route: '* -> modResponseHeader("Location", "^http://", "https://") -> "http://origin.example"',
      origin: { status: 302, headers: { Location: 'http://example.org/login' } },
      response: { status: 302, headers: { Location: 'https://example.org/login' } },
    },
  ],
  create: ([name, expression, replacement]) => {
    const replace = expression.replacer(replacement);
    return { response: ({ response }) => replaceInField(response.headers, name, replace) };
  },
});

/** Copies a response header. */
export const copyResponseHeader = defineFilter({
  name: 'copyResponseHeader',
  summary: 'Gives one response header the values of another, if that is there.',
  details: 'Every line is copied; Skipper copies the first.',
  args: [arg.headerName('from'), arg.headerName('to', { writes: true })],
  source: 'Skipper',
  aliases: ['responseCopyHeader'],
  examples: [
    {
      route: '* -> copyResponseHeader("ETag", "X-Version") -> "http://origin.example"',
      origin: { headers: { ETag: '"v7"' } },
      response: { headers: { ETag: '"v7"', 'X-Version': '"v7"' } },
    },
  ],
  create: ([from, to]) => ({ response: ({ response }) => copyField(response.headers, from, to) }),
});
