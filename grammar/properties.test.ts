import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  canonical,
  equalRoutes,
  readForm as parseRoute,
  readDocument as parseRoutes,
  printPredicates,
  printRoutes,
  toJson,
} from '../src/routes/index.ts';
import {
  type Arg,
  type Backend,
  type Call,
  chunkText,
  formatText,
  fromJson,
  NO_SPAN,
  parseFilters,
  parsePredicates,
  printFilters,
  type RouteDef,
  splitRoutes,
} from './index.ts';
import { encodeRegexp } from './tokens/literals.ts';

const span = NO_SPAN;
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const nasty = fc.string({
  unit: fc.constantFrom('"', '`', '\\', '/', '[', ']', '\n', '\r', '\x07', '\0', ';', '$', 'd', 'ß', '😀'),
});
const anyText = fc.oneof(nasty, fc.string({ unit: 'binary' }), fc.constantFrom('', '/a', '^/x\\d+$', '//'));
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const pattern = fc.oneof(nasty, fc.string({ unit: 'binary' })).filter((value) => encodeRegexp(value) !== null);

const arg: fc.Arbitrary<Arg> = fc.oneof(
  anyText.map((value): Arg => ({ kind: 'string', value, span })),
  number.map((value): Arg => ({ kind: 'number', value, span })),
  pattern.map((value): Arg => ({ kind: 'regexp', value, span })),
);

const ordinaryName = name.filter((text) => !/^(Any|Path|Host|PathRegexp|Method|Header|HeaderRegexp)$/.test(text));

function call(names: fc.Arbitrary<string>): fc.Arbitrary<Call> {
  const args = fc.array(arg, { maxLength: 3 });
  return fc.record({ name: names, args }).map((parts) => ({ ...parts, span, nameSpan: span }));
}

const endpoint = fc
  .tuple(fc.constantFrom('a', '10.0.0.1:80', '[::1]:9'), fc.constantFrom('', '/', '?zone=x', '?a="b\\'))
  .map(([host, rest]) => ({ url: `http://${host}${rest}`, span }));

const backend: fc.Arbitrary<Backend> = fc.oneof(
  anyText.map((url): Backend => ({ kind: 'network', url, span })),
  fc.constantFrom('shunt', 'loopback', 'dynamic', 'forward').map((kind): Backend => ({ kind, span })),
  fc
    .record({ algorithm: fc.option(name), endpoints: fc.array(endpoint, { minLength: 1, maxLength: 3 }) })
    .map((parts): Backend => ({ kind: 'balanced', ...parts, algorithmSpan: null, span })),
);

function route(predicateName: fc.Arbitrary<string>): fc.Arbitrary<RouteDef> {
  return fc
    .record({
      id: name,
      predicates: fc.array(call(predicateName), { maxLength: 4 }),
      filters: fc.array(call(name), { maxLength: 4 }),
      backend,
    })
    .map((parts) => ({ ...parts, idSpan: null, span }));
}

const anyPredicate = fc.oneof(ordinaryName, fc.constantFrom('Host', 'PathRegexp', 'HeaderRegexp'));
const documents = fc.uniqueArray(route(anyPredicate), { maxLength: 4, selector: ({ id }) => id });
const printOptions = fc.record({ pretty: fc.boolean(), indent: fc.constantFrom('', '\t', '    ') });

/** The same value without any place. */
function unplaced<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (key, part: unknown) => {
      if (/span$/i.test(key)) return undefined;
      return Object.is(part, -0) ? 'minus zero' : part;
    }),
  );
}

test('what is printed parses back to the same route, kinds included', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(route(ordinaryName), { minLength: 1, selector: ({ id }) => id }),
      printOptions,
      (routes, options) => {
        const { value, errors } = parseRoutes(printRoutes(routes, options));
        assert.deepEqual(errors, []);
        assert.deepEqual(unplaced(value), unplaced(routes));
      },
    ),
    { numRuns: 500 },
  );
});

test('routes with predicates that are reordered mean the same after printing, and print the same again', () => {
  fc.assert(
    fc.property(documents, (routes) => {
      const text = printRoutes(routes);
      const { value, errors } = parseRoutes(text);
      assert.deepEqual(errors, []);
      assert.equal(value.length, routes.length);
      for (const [i, read] of value.entries()) assert.ok(equalRoutes(read, routes[i]!));
      assert.equal(printRoutes(value), text);
    }),
  );
});

test('every pattern that has a literal is what the literal denotes', () => {
  fc.assert(
    fc.property(fc.oneof(nasty, anyText), (value) => {
      const { value: calls, errors } = parseFilters(`f(${encodeRegexp(value) ?? '"none"'}, 1)`);
      assert.deepEqual(errors, []);
      if (encodeRegexp(value) !== null) assert.deepEqual(unplaced(calls[0]?.args[0]), { kind: 'regexp', value });
    }),
    { numRuns: 2000 },
  );
});

test('every literal can be printed again', () => {
  const body = fc.string({ unit: fc.constantFrom('\\', '/', '[', ']', 'a', '"', '^') });
  fc.assert(
    fc.property(body, (text) => {
      const { value, errors } = parseFilters(`f(/${text}/)`);
      fc.pre(errors.length === 0 && value.length === 1);
      assert.deepEqual(unplaced(parseFilters(printFilters(value)).value), unplaced(value));
    }),
    { numRuns: 3000 },
  );
});

test('lists of predicates and filters survive printing', () => {
  fc.assert(
    fc.property(fc.array(call(ordinaryName)), fc.array(call(name)), (predicates, filters) => {
      assert.deepEqual(unplaced(parsePredicates(printPredicates(predicates)).value), unplaced(predicates));
      assert.deepEqual(unplaced(parseFilters(printFilters(filters)).value), unplaced(filters));
    }),
  );
});

test('JSON says the same as the text', () => {
  fc.assert(
    fc.property(route(anyPredicate), (original) => {
      const json: unknown = JSON.parse(JSON.stringify(toJson(original)));
      const { value, errors } = fromJson(json);
      assert.deepEqual(errors, []);
      // JSON has no minus zero.
      const expected = JSON.parse(JSON.stringify(canonical(original)));
      assert.deepEqual(JSON.parse(JSON.stringify(canonical(value))), expected);
      assert.deepEqual(toJson(value), json);
    }),
  );
});

/** A document with odd blanks and comments between its tokens. */
const untidy = fc
  .tuple(documents, fc.infiniteStream(fc.constantFrom('', '', ' ', '\n', '\n\n', ' // c\n', '\n// own; "\n', '\t')))
  .map(([routes, blanks]) => {
    const text = printRoutes(routes);
    const literals = text.matchAll(
      /"(?:\\[\s\S]|[^"\\])*"|\/(?:\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|[^/\\[])+\/|->|&&|<\w+>|-?[\w.]+|\S/g,
    );
    return [...literals].map(([token]) => token + blanks.next().value).join('');
  });

test('formatting changes no meaning, keeps comments and does nothing the second time', () => {
  fc.assert(
    fc.property(untidy, (text) => {
      const { text: tidy, errors } = formatText(text);
      assert.deepEqual(errors, []);
      assert.deepEqual(unplaced(parseRoutes(tidy).value), unplaced(parseRoutes(text).value));
      assert.equal(tidy.split('// c\n').length, text.split('// c\n').length);
      assert.equal(tidy.split('// own; "\n').length, text.split('// own; "\n').length);
      assert.equal(formatText(tidy).text, tidy);
    }),
    { numRuns: 500 },
  );
});

const scraps = fc.array(
  fc.constantFrom(
    'a',
    'a:',
    '*',
    '->',
    '&&',
    ';',
    '"',
    '`',
    '"x"',
    '/',
    '//',
    '\n',
    '[',
    ']',
    '\\',
    '<shunt>',
    '<',
    '>',
    'f(1)',
    ' ',
    '-1',
    '.',
    'ä',
  ),
);

test('any text is parsed without a throw, and its chunks one by one give the same routes', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        scraps.map((parts) => parts.join('')),
        untidy,
      ),
      (text) => {
        const { value, errors } = parseRoutes(text);
        const single = splitRoutes(text).map((chunk) => parseRoute(chunkText(text, chunk)));
        const readable = single.flatMap(({ value: read }) => (read ? [read] : []));
        const own = errors.filter(({ code }) => code !== 'duplicate-id' && code !== 'anonymous-route');
        const apart = single.flatMap((result) => result.errors);
        // What comes after an error that swallows the text is not told: it may be meant otherwise.
        const swallowing = apart.findIndex(({ place }) => place.swallows === true);
        assert.equal(swallowing < 0 ? apart.length : swallowing + 1, own.length);
        const conflicts = errors.length - own.length;
        assert.equal(value.length, readable.length - conflicts);
        const ids = new Set(value.map(({ id }) => id));
        assert.equal(ids.size, value.length);
        for (const { place } of errors)
          assert.ok(place.start >= 0 && place.end >= place.start && place.end <= text.length);
      },
    ),
    { numRuns: 2000, examples: [['/->/a;a']] },
  );
});

test('an error in one route leaves the others alone', () => {
  fc.assert(
    fc.property(documents, fc.nat(), (routes, where) => {
      const definitions = routes.map((one) => printRoutes([one]));
      definitions.splice(where % (routes.length + 1), 0, 'broken: Path( -> ;');
      const { value, errors } = parseRoutes(definitions.join('\n'));
      assert.equal(errors.length, 1);
      assert.equal(value.length, routes.length);
    }),
  );
});
