import { arg, defineFilter } from '../../src/plugin/index.ts';

/** Makes every response a 200. */
export const healthcheck = defineFilter({
  name: 'healthcheck',
  summary: 'Sets the status of the response to 200, as status(200) does.',
  details: 'An old word of Skipper; write status(200). Arguments are ignored.',
  source: 'Skipper',
  args: [arg.rest(arg.any('ignored'))],
  examples: [{ route: '* -> healthcheck() -> <shunt>', response: { status: 200 } }],
  create: () => ({
    response({ response }) {
      response.status = 200;
      response.statusText = null;
    },
  }),
});
