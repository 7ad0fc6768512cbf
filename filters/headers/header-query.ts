import {
  ArgError,
  arg,
  defineFilter,
  octetsToPassingText,
  textToOctets,
  withQueryValue,
} from '../../src/plugin/index.ts';

const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

/** Sets a query parameter from a header. */
export const headerToQuery = defineFilter({
  name: 'headerToQuery',
  summary: 'Sets a query parameter to the value of a request header.',
  details:
    'The first value counts; without the header the parameter is empty. An existing parameter of that name is replaced in its place; the rest of the query stays byte for byte.\n\nDifference from Skipper: it sorts and re-encodes the whole query.',
  source: 'Skipper',
  args: [arg.headerName('header'), arg.string('parameter', { doc: 'name of the query parameter' })],
  examples: [
    {
      route: '* -> headerToQuery("X-User", "user") -> "http://origin.example"',
      request: { target: '/?z=1&a=%7E', headers: { 'X-User': 'a b' } },
      upstream: { target: '/?z=1&a=%7E&user=a+b' },
    },
  ],
  create: ([header, parameter]) => ({
    request({ request }) {
      request.query = withQueryValue(request.query, parameter, octetsToPassingText(request.headers.get(header) ?? ''));
    },
  }),
});

/** Sets a request header from a query parameter. */
export const queryToHeader = defineFilter({
  name: 'queryToHeader',
  summary: 'Sets a request header to the value of a query parameter, unless the header is there already.',
  details:
    'The first value counts; without one, or with an empty one, nothing happens. "%s" in the format stands for the value, "%%" for a percent sign. A value with control characters, which could forge headers, is not taken.',
  source: 'Skipper',
  args: [
    arg.string('parameter', { doc: 'name of the query parameter' }),
    arg.headerName('header', { writes: true }),
    arg.optional(arg.line('format', { doc: 'what the header is to be, with "%s" for the value' }), '%s'),
  ],
  examples: [
    {
      route: '* -> queryToHeader("access_token", "Authorization", "Bearer %s") -> "http://origin.example"',
      request: { target: '/?access_token=abc' },
      upstream: { headers: { Authorization: 'Bearer abc' } },
    },
    {
      title: 'A header that is there stays',
      route: '* -> queryToHeader("id", "X-Id") -> "http://origin.example"',
      request: { target: '/?id=1', headers: { 'X-Id': '2' } },
      upstream: { headers: { 'X-Id': '2' } },
    },
  ],
  create: ([parameter, header, format]) => {
    const [prefix, suffix] = splitFormat(format);
    return {
      request({ request }) {
        if ((request.headers.get(header) ?? '') !== '') return;
        const value = request.queryValue(parameter);
        if (value === null || value === '' || CONTROL.test(value)) return;
        request.headers.assert(header, textToOctets(prefix + value + suffix));
      },
    };
  },
});

/** What stands before and behind the "%s" of a format. */
function splitFormat(format: string): [prefix: string, suffix: string] {
  const sides = [''];
  for (const piece of format.match(/%.|%$|[^%]+/gs) ?? []) {
    if (piece === '%s') sides.push('');
    else if (piece.startsWith('%') && piece !== '%%') throw new ArgError(`expected "%s" or "%%", found "${piece}"`, 2);
    else sides.push(`${sides.pop()}${piece === '%%' ? '%' : piece}`);
  }
  const [prefix = '', suffix] = sides;
  if (suffix === undefined || sides.length > 2) throw new ArgError('expected one "%s" in the format', 2);
  return [prefix, suffix];
}
