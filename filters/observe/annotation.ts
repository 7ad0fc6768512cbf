import { arg, defineFilter, secretByName } from '../../src/plugin/index.ts';
import { annotations } from '../lib/annotations.ts';

/** Stands in a route for its readers only. */
export const comment = defineFilter({
  name: 'comment',
  summary: 'Does nothing: keeps a remark with the route, where it survives printing.',
  args: [arg.rest(arg.any('remark'))],
  source: 'Skipper',
  examples: [{ route: '* -> comment("ticket", 4711) -> status(200) -> <shunt>', response: { status: 200 } }],
  create: () => ({}),
});

/** Tells other filters something about the route. */
export const annotate = defineFilter({
  name: 'annotate',
  summary: 'Notes a key and a value with the request, for other filters to read.',
  details:
    'A later note with the same key takes the place of an earlier one. Filters read the state key `annotations`.',
  args: [arg.string('key'), arg.string('value', { secret: secretByName })],
  source: 'Skipper',
  examples: [{ route: '* -> annotate("team", "checkout") -> status(200) -> <shunt>', response: { status: 200 } }],
  create: ([key, value]) => ({
    request({ state }) {
      state.set(annotations, new Map(state.get(annotations)).set(key, value));
    },
  }),
});
