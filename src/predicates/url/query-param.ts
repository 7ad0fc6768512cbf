import { arg, definePredicate, secretByName } from '../../plugin/index.ts';

/** Matches a query parameter. */
export const queryParam = definePredicate({
  name: 'QueryParam',
  summary:
    'Matches when the query has the parameter, and the regular expression, if given, is found in one of its values.',
  details: [
    'Name and values are compared decoded; "?debug", "?debug=" and "?debug=1" all have the parameter "debug".',
    'The expression is not anchored.',
  ].join(' '),
  args: [arg.string('name'), arg.optional(arg.regexp('expression', { secret: secretByName }))],
  source: 'Skipper',
  examples: [
    {
      route: 'QueryParam("debug") -> status(200) -> <shunt>',
      request: { target: '/?a=1&debug' },
      response: { status: 200 },
    },
    {
      title: 'One of several values is enough',
      route: 'QueryParam("tag", "^new$") -> status(200) -> <shunt>',
      request: { target: '/?tag=old&tag=new' },
      response: { status: 200 },
    },
    {
      route: 'QueryParam("tag", "^new$") -> status(200) -> <shunt>',
      request: { target: '/?tag=newer' },
      response: { status: 404 },
    },
  ],
  create: ([name, expression]) => ({
    match: (request) => {
      if (request.query === null) return false;
      const values = request.queryValues(name);
      return expression === undefined ? values.length > 0 : values.some((value) => expression.test(value));
    },
  }),
});
