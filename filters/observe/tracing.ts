import {
  ArgError,
  arg,
  baggageValue,
  defineFilter,
  type FilterContext,
  type Template,
} from '../../src/plugin/index.ts';
import { NAMES, namedValue } from '../lib/named-value.ts';

const MISSING =
  'Does nothing when a placeholder names what is not there, or when the request is not traced. A value may hold personal data.';

const filledName = (name: string, doc?: string) =>
  arg.custom(
    name,
    'string',
    (value) => {
      if (typeof value === 'string' && value !== '') return value;
      throw new Error(`expected a name, found ${JSON.stringify(value)}`);
    },
    doc === undefined ? {} : { doc },
  );

function tag(ctx: FilterContext, name: string, value: string | null): void {
  if (value !== null) ctx.span.setTag(name, value);
}

function tagFromResponse(ctx: FilterContext, name: string, value: Template): void {
  tag(ctx, name, value.fillAll(ctx, 'response'));
}

/** Tags the span of a request. */
export const tracingTag = defineFilter({
  name: 'tracingTag',
  summary: 'Notes a tag with the span of the request.',
  details: MISSING,
  args: [filledName('tag'), arg.template('value')],
  source: 'Skipper',
  examples: [
    {
      route: 'Path("/users/:id") -> tracingTag("user.id", "${id}") -> status(200) -> <shunt>',
      request: { target: '/users/7' },
      response: { status: 200 },
    },
  ],
  create: ([name, value]) => ({ request: (ctx) => tag(ctx, name, value.fillAll(ctx)) }),
});

/** Tags the span of a request when its response is there. */
export const tracingTagFromResponse = defineFilter({
  name: 'tracingTagFromResponse',
  summary: 'Notes a tag with the span of the request, made of what is there with the response.',
  details: MISSING,
  args: [filledName('tag'), arg.template('value')],
  source: 'Skipper',
  examples: [
    {
      route: '* -> tracingTagFromResponse("cache", "${response.header.X-Cache}") -> "http://origin.example"',
      origin: { headers: { 'X-Cache': 'HIT' } },
      response: { status: 200 },
    },
  ],
  create: ([name, value]) => ({ response: (ctx) => tagFromResponse(ctx, name, value) }),
});

const status = { min: 100, max: 599 };

/** Tags the span of a request by its status. */
export const tracingTagFromResponseIfStatus = defineFilter({
  name: 'tracingTagFromResponseIfStatus',
  summary: 'Notes a tag with the span of the request where the status of the response lies between two.',
  details: MISSING,
  args: [
    filledName('tag'),
    arg.template('value'),
    arg.int('min', { ...status, doc: 'the lowest status' }),
    arg.int('max', { ...status, doc: 'the highest status' }),
  ],
  source: 'Skipper',
  examples: [
    {
      route: '* -> tracingTagFromResponseIfStatus("error", "true", 500, 599) -> "http://origin.example"',
      origin: { status: 500 },
      response: { status: 500 },
    },
  ],
  create: ([name, value, min, max]) => {
    if (min > max) throw new ArgError(`expected a highest status of at least ${min}, found ${max}`, 3);
    return {
      response(ctx) {
        const { status } = ctx.response;
        if (status >= min && status <= max) tagFromResponse(ctx, name, value);
      },
    };
  },
});

/** Names the span of the backend call. */
export const tracingSpanName = defineFilter({
  name: 'tracingSpanName',
  summary: 'Names the span of the call to the backend.',
  args: [filledName('name')],
  source: 'Skipper',
  examples: [{ route: '* -> tracingSpanName("stock") -> "http://origin.example"', response: { status: 200 } }],
  create: ([name]) => ({ request: ({ span }) => span.nameCall(name) }),
});

/** Tags the span with a member of the baggage. */
export const tracingBaggageToTag = defineFilter({
  name: 'tracingBaggageToTag',
  summary: 'Notes a member of the baggage header as a tag of the span, if it is there.',
  details:
    'Values are percent-decoded. Difference from Skipper: baggage is that of W3C, in the header baggage, not that of an OpenTracing library.',
  args: [filledName('member'), arg.optional(filledName('tag', 'default: the name of the member'))],
  source: 'Skipper; W3C Baggage §3.3',
  examples: [
    {
      route: '* -> tracingBaggageToTag("tenant", "app.tenant") -> status(200) -> <shunt>',
      request: { headers: { baggage: 'tenant=blue' } },
      response: { status: 200 },
    },
  ],
  create: ([member, name = member]) => ({
    request: (ctx) => tag(ctx, name, baggageValue(ctx.request.headers, member) || null),
  }),
});

/** Tags the span with what other filters found out. */
export const stateBagToTag = defineFilter({
  name: 'stateBagToTag',
  summary: 'Notes a value that another filter keeps in the state of the request as a tag of the span, if it is there.',
  details: NAMES,
  args: [filledName('name'), arg.optional(filledName('tag', 'default: the name of the value'))],
  source: 'Skipper',
  examples: [
    {
      route: '* -> annotate("team", "a") -> stateBagToTag("team") -> status(200) -> <shunt>',
      response: { status: 200 },
    },
  ],
  create: ([value, name = value]) => ({ request: (ctx) => tag(ctx, name, namedValue(ctx.state, value)) }),
});
