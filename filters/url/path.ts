import { arg, defineFilter, encodePath } from '../../src/plugin/index.ts';

/** Replaces the path. */
export const setPath = defineFilter({
  name: 'setPath',
  summary: 'Gives the request another path; the query stays.',
  details: [
    'The path is written decoded: "%" and "?" in it are encoded. What a placeholder names and is not there is empty.',
    'A parameter that stands for the rest of the path begins with a slash: write "/v2${rest}".',
  ].join(' '),
  args: [arg.template('path')],
  source: 'Skipper',
  examples: [
    {
      route: 'Path("/users/:id/*rest") -> setPath("/u/${id}${rest}") -> "http://origin.example"',
      request: { target: '/users/42/mails/7?full' },
      upstream: { target: '/u/42/mails/7?full' },
    },
    {
      title: 'The argument is a decoded path',
      route: '* -> setPath("/a b?c") -> "http://origin.example"',
      upstream: { target: '/a%20b%3Fc' },
    },
  ],
  create: ([path]) => {
    const { constant } = path;
    const target = constant === null ? null : encodePath(constant.startsWith('/') ? constant : `/${constant}`);
    return {
      request(ctx) {
        const { request } = ctx;
        if (target !== null && !request.keepsReserved) request.path = target;
        else request.decodedPath = path.fill(ctx);
      },
    };
  },
});

/** Changes the path by a regular expression. */
export const modPath = defineFilter({
  name: 'modPath',
  summary: 'Replaces every match of the regular expression in the path; the query stays.',
  details: [
    'The expression sees the decoded path. Groups are named $1, ${1} or ${name}; $1x means the group "1x", and a group',
    'that is not there is empty. Where nothing changes, the path keeps the encoding it came with; where something does,',
    'it is encoded anew, and an encoded slash becomes a plain one, unless rfcPath() stands before.',
  ].join(' '),
  args: [arg.regexp('expression'), arg.string('replacement')],
  source: 'Skipper; Go, Regexp.ReplaceAllString',
  examples: [
    {
      title: 'Without the prefix',
      route: 'PathSubtree("/api") -> modPath("^/api", "") -> "http://origin.example"',
      request: { target: '/api/users?page=2' },
      upstream: { target: '/users?page=2' },
    },
    {
      title: 'Groups',
      route: '* -> modPath("^/([a-z]+)/([0-9]+)$", "/$2/$1") -> "http://origin.example"',
      request: { target: '/users/42' },
      upstream: { target: '/42/users' },
    },
    {
      title: 'What is not hit stays byte for byte',
      route: '* -> modPath("^/api", "/v2") -> "http://origin.example"',
      request: { target: '/a%2Fb//%63' },
      upstream: { target: '/a%2Fb//%63' },
    },
  ],
  create: ([expression, replacement]) => {
    const replace = expression.replacer(replacement);
    return {
      request({ request }) {
        const decoded = request.decodedPath;
        const replaced = replace(decoded);
        if (replaced !== decoded) request.decodedPath = replaced;
      },
    };
  },
});
