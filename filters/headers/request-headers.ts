import {
  ArgError,
  arg,
  defineFilter,
  type Filter,
  isAuthority,
  secretByName,
  type Template,
} from '../../src/plugin/index.ts';
import { copyField, dropFromAlike, hostWriter, isHost, replaceInAlike } from './header-fields.ts';

const HOST =
  'The name Host sets the Host that is sent to the backend; it changes neither routing nor what other filters see.';
const ALIKE =
  'Other spellings that some backends take for the name ("X_User" and "X.User" for "X-User") go too: a client cannot get past the filter with them.';
const MISSING =
  'Does nothing when a placeholder names what is not there; what is there and empty counts (Skipper takes it for missing).';

function hostTemplate(value: Template): Filter {
  if (value.constant !== null && !isAuthority(value.constant))
    throw new ArgError(`expected a host, with or without port, found ${JSON.stringify(value.constant)}`, 1);
  return hostWriter((ctx) => value.fillHeader(ctx));
}

/** Replaces a request header. */
export const setRequestHeader = defineFilter({
  name: 'setRequestHeader',
  summary: 'Gives the request header one value, in place of those it had.',
  details: `${MISSING} ${ALIKE} ${HOST} Headers that frame messages, such as Content-Length, are refused.`,
  args: [arg.headerName('name', { writes: true }), arg.headerValue('value', { secret: secretByName })],
  source: 'Skipper',
  examples: [
    {
      route: 'Path("/users/:id") -> setRequestHeader("X-User", "id-${id}") -> "http://origin.example"',
      request: { target: '/users/42', headers: { 'x-user': 'root' } },
      upstream: { headers: { 'X-User': 'id-42' } },
    },
    {
      title: 'What a backend may take for the header goes',
      route: '* -> setRequestHeader("X-User", "ada") -> "http://origin.example"',
      request: { headers: { X_User: 'root' } },
      upstream: { headers: { 'X-User': 'ada', X_User: null } },
    },
    {
      title: 'Without the query parameter the header stays as it came',
      route: '* -> setRequestHeader("X-Lang", "${request.query.lang}") -> "http://origin.example"',
      request: { headers: { 'X-Lang': 'de' } },
      upstream: { headers: { 'X-Lang': 'de' } },
    },
    {
      title: 'Another Host for the backend',
      route: '* -> setRequestHeader("Host", "internal.example.org") -> "http://origin.example"',
      upstream: { headers: { Host: 'internal.example.org' } },
    },
  ],
  create: ([name, value]) => {
    if (isHost(name)) return hostTemplate(value);
    return {
      request(ctx) {
        const filled = value.fillHeader(ctx);
        if (filled !== null) ctx.request.headers.assert(name, filled);
      },
    };
  },
});

/** Adds a request header. */
export const appendRequestHeader = defineFilter({
  name: 'appendRequestHeader',
  summary: 'Adds a line with the value to the request header.',
  details: `${MISSING} ${HOST}`,
  args: [arg.headerName('name', { writes: true }), arg.headerValue('value', { secret: secretByName })],
  source: 'Skipper',
  aliases: ['requestHeader'],
  examples: [
    {
      route: '* -> appendRequestHeader("X-Tag", "two") -> "http://origin.example"',
      request: { headers: { 'X-Tag': 'one' } },
      upstream: { headers: { 'X-Tag': 'one, two' } },
    },
  ],
  create: ([name, value]) => {
    if (isHost(name)) return hostTemplate(value);
    return {
      request(ctx) {
        const filled = value.fillHeader(ctx);
        if (filled !== null) ctx.request.headers.append(name, filled);
      },
    };
  },
});

/** Removes a request header. */
export const dropRequestHeader = defineFilter({
  name: 'dropRequestHeader',
  summary: 'Removes every line of the request header.',
  details: `${ALIKE} Host cannot be removed: HTTP/1.1 demands it.`,
  args: [arg.headerName('name')],
  source: 'Skipper',
  examples: [
    {
      route: '* -> dropRequestHeader("Authorization") -> "http://origin.example"',
      request: { headers: { authorization: 'Bearer secret' } },
      upstream: { headers: { Authorization: null } },
    },
  ],
  create: ([name]) =>
    isHost(name)
      ? {}
      : {
          request: ({ request }) => {
            request.headers.assert(name, null);
          },
        },
});

/** Removes values of a request header. */
export const dropRequestHeaderRegexp = defineFilter({
  name: 'dropRequestHeaderRegexp',
  summary: 'Removes the lines of the request header whose value the regular expression matches.',
  details:
    "The header's name is compared without case; in Skipper a name in lower case leaves an empty line behind. Its documentation calls the filter dropRequestHeaderValueRegexp.",
  args: [arg.headerName('name'), arg.regexp('expression', { secret: secretByName })],
  source: 'Skipper',
  aliases: ['dropRequestHeaderValueRegexp'],
  examples: [
    {
      route: '* -> dropRequestHeaderRegexp("X-Tag", "^internal-") -> "http://origin.example"',
      request: { headers: { 'x-tag': 'internal-7' } },
      upstream: { headers: { 'X-Tag': null } },
    },
    {
      title: 'Other values stay',
      route: '* -> dropRequestHeaderRegexp("X-Tag", "^internal-") -> "http://origin.example"',
      request: { headers: { 'X-Tag': 'blue' } },
      upstream: { headers: { 'X-Tag': 'blue' } },
    },
  ],
  create: ([name, expression]) =>
    isHost(name) ? {} : { request: ({ request }) => dropFromAlike(request.headers, name, expression) },
});

/** Changes a request header by a regular expression. */
export const modRequestHeader = defineFilter({
  name: 'modRequestHeader',
  summary: 'Replaces every match of the regular expression in the request header.',
  details: [
    'Groups are named $1, ${1} or ${name}; $1x means the group "1x", and a group that is not there is empty. An absent',
    `header stays absent. ${HOST} Every line of the header is changed; Skipper changes the first and loses the others.`,
    'So are lines of other spellings that some backends take for the name ("X_User" and "X.User" for "X-User").',
  ].join(' '),
  args: [
    arg.headerName('name', { writes: true }),
    arg.regexp('expression', { secret: secretByName }),
    arg.line('replacement', { secret: secretByName }),
  ],
  source: 'Skipper; Go, Regexp.ReplaceAllString',
  examples: [
    {
      route: '* -> modRequestHeader("Accept-Language", "^de-.*$", "de") -> "http://origin.example"',
      request: { headers: { 'Accept-Language': 'de-CH' } },
      upstream: { headers: { 'Accept-Language': 'de' } },
    },
    {
      title: 'The Host for the backend, made from that of the client',
      route: '* -> modRequestHeader("Host", "^([a-z]+)[.]example[.]org", "$1.internal") -> "http://origin.example"',
      request: { headers: { Host: 'shop.example.org' } },
      upstream: { headers: { Host: 'shop.internal' } },
    },
  ],
  create: ([name, expression, replacement]) => {
    const replace = expression.replacer(replacement);
    if (isHost(name)) return hostWriter(({ request }) => replace(request.host));
    return { request: ({ request }) => replaceInAlike(request.headers, name, replace) };
  },
});

/** Copies a request header. */
export const copyRequestHeader = defineFilter({
  name: 'copyRequestHeader',
  summary: 'Gives one request header the values of another, if that is there.',
  details: `Every line is copied; Skipper copies the first. ${HOST}`,
  args: [arg.headerName('from'), arg.headerName('to', { writes: true })],
  source: 'Skipper',
  aliases: ['requestCopyHeader'],
  examples: [
    {
      route: '* -> copyRequestHeader("X-Real-User", "X-User") -> "http://origin.example"',
      request: { headers: { 'X-Real-User': 'ada', 'X-User': 'root' } },
      upstream: { headers: { 'X-Real-User': 'ada', 'X-User': 'ada' } },
    },
  ],
  create: ([from, to]) => {
    if (isHost(to)) return hostWriter(({ request }) => request.headers.get(from));
    return { request: ({ request }) => copyField(request.headers, from, to) };
  },
});
