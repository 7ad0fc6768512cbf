import { arg, defineFilter } from '../../src/plugin/index.ts';

/** Sets the status of the response. */
export const status = defineFilter({
  name: 'status',
  summary: 'Gives the response another status, whatever it was: that of the backend, of a shunt (404), or of an error.',
  details:
    'Header fields and body stay; the reason phrase becomes the registered one. 1xx are refused, since they are no answer; Skipper takes any number and cuts the connection.',
  args: [arg.int('code', { min: 200, max: 599 })],
  source: 'Skipper; RFC 9110 §15',
  examples: [
    { route: '* -> status(418) -> <shunt>', response: { status: 418 } },
    {
      route: '* -> status(202) -> "http://origin.example"',
      origin: { status: 200, body: 'queued' },
      response: { status: 202, body: 'queued' },
    },
  ],
  create: ([code]) => ({
    response({ response }) {
      response.status = code;
      response.statusText = null;
    },
  }),
});
