import {
  arg,
  defineFilter,
  encodeQuery,
  type HeaderList,
  queryPairs,
  secretByName,
  textToOctets,
  withoutQueryValue,
  withQueryValue,
} from '../../src/plugin/index.ts';

/** So many parameters, and so many characters of them, are handed on as headers: backends take no more of those. */
const MAX_HANDED_ON = 64;
const MAX_HANDED_ON_CHARS = 8192;

/** Sets one query parameter, or the whole query. */
export const setQuery = defineFilter({
  name: 'setQuery',
  summary: 'Gives a query parameter one value, or with one argument replaces the whole query.',
  details: [
    'Name and value are written decoded. The parameter keeps its place, a new one goes to the end, and the rest of the',
    'query stays byte for byte (Skipper sorts and re-encodes it). The whole query is written as it travels, without "?";',
    'the empty text removes it. What a placeholder names and is not there is empty.',
  ].join(' '),
  args: [arg.template('name'), arg.optional(arg.template('value', { secret: secretByName }))],
  source: 'Skipper',
  examples: [
    {
      route: 'Path("/users/:id") -> setQuery("user", "${id}") -> "http://origin.example"',
      request: { target: '/users/42?z=%7e&user=7&a' },
      upstream: { target: '/users/42?z=%7e&user=42&a' },
    },
    {
      title: 'The whole query',
      route: '* -> setQuery("a=1&b=${request.method}") -> "http://origin.example"',
      request: { target: '/?c=3' },
      upstream: { target: '/?a=1&b=GET' },
    },
  ],
  create: ([name, value]) => ({
    request(ctx) {
      const { request } = ctx;
      if (value === undefined) request.query = encodeQuery(name.fill(ctx)) || null;
      else request.query = withQueryValue(request.query, name.fill(ctx), value.fill(ctx));
    },
  }),
});

/** Removes a query parameter. */
export const dropQuery = defineFilter({
  name: 'dropQuery',
  summary: 'Removes every value of a query parameter.',
  details: 'The name is written decoded. The rest of the query stays byte for byte (Skipper sorts and re-encodes it).',
  args: [arg.template('name')],
  source: 'Skipper',
  examples: [
    {
      route: '* -> dropQuery("token") -> "http://origin.example"',
      request: { target: '/?b=%20&token=1&a&token=2' },
      upstream: { target: '/?b=%20&a' },
    },
  ],
  create: ([name]) => ({
    request(ctx) {
      if (ctx.request.query !== null) ctx.request.query = withoutQueryValue(ctx.request.query, name.fill(ctx));
    },
  }),
});

function keepAsHeaders(headers: HeaderList, query: string): void {
  let chars = 0;
  for (const [name, value] of queryPairs(query).slice(0, MAX_HANDED_ON)) {
    chars += name.length + value.length;
    if (chars > MAX_HANDED_ON_CHARS) return;
    const suffix = name.replace(/[^A-Za-z0-9-]/g, '');
    const octets = textToOctets(value).replace(/[\0-\x08\x0a-\x1f\x7f]/g, ' ');
    headers.append(`X-Query-Param-${suffix}`, octets);
  }
}

const keepHeaders = arg.custom(
  'headers',
  '"true" | "false"',
  (value) => {
    const word = String(value).toLowerCase();
    if (word !== 'true' && word !== 'false')
      throw new Error(`expected "true" or "false", found ${JSON.stringify(value)}`);
    return word === 'true';
  },
  { doc: 'default "false"' },
);

/** Removes the query. */
export const stripQuery = defineFilter({
  name: 'stripQuery',
  summary: 'Removes the query; with "true", hands its parameters on as headers X-Query-Param-NAME.',
  details:
    'In header names only letters, digits and dashes of the parameter name are kept; a control character in a value becomes a space. At most the first 64 parameters of 8192 characters together are handed on: backends refuse requests with more headers than they know what to do with.',
  args: [arg.optional(keepHeaders, false)],
  source: 'Skipper',
  examples: [
    {
      route: '* -> stripQuery() -> "http://origin.example"',
      request: { target: '/a?b=1' },
      upstream: { target: '/a' },
    },
    {
      route: '* -> stripQuery("true") -> "http://origin.example"',
      request: { target: '/a?page=2&sort_by=name' },
      upstream: { target: '/a', headers: { 'X-Query-Param-page': '2', 'X-Query-Param-sortby': 'name' } },
    },
  ],
  create: ([asHeaders]) => ({
    request({ request }) {
      const { query, headers } = request;
      if (query !== null && asHeaders) keepAsHeaders(headers, query);
      request.query = null;
    },
  }),
});
