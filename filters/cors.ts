import { arg, defineFilter } from '../src/plugin/index.ts';
import { addVary } from './content-change.ts';

/** Allows other origins to read the response. */
export const corsOrigin = defineFilter({
  name: 'corsOrigin',
  summary: 'Allows the origins named to read the response; without arguments, all of them.',
  details: [
    'An origin of the list is echoed in Access-Control-Allow-Origin, and the response gets "Vary: Origin" so that no cache',
    'hands it to another (not so in Skipper). Holds for errors too, which a page could not read otherwise. Preflight',
    'requests (OPTIONS) are the business of the backend, or of a route of their own.',
  ].join(' '),
  args: [arg.rest(arg.line('origin'))],
  source: 'Skipper; Fetch Standard, CORS protocol',
  examples: [
    {
      route: '* -> corsOrigin() -> "http://origin.example"',
      response: { headers: { 'Access-Control-Allow-Origin': '*' } },
    },
    {
      route: '* -> corsOrigin("https://a.example", "https://b.example") -> "http://origin.example"',
      request: { headers: { Origin: 'https://b.example' } },
      response: { headers: { 'Access-Control-Allow-Origin': 'https://b.example', Vary: 'Origin' } },
    },
    {
      route: '* -> corsOrigin("https://a.example") -> "http://origin.example"',
      request: { headers: { Origin: 'https://evil.example' } },
      response: { headers: { 'Access-Control-Allow-Origin': null } },
    },
  ],
  create: ([origins]) => ({
    response({ request, response }) {
      const { headers } = response;
      if (origins.length === 0) {
        headers.set('Access-Control-Allow-Origin', '*');
        return;
      }
      addVary(headers, 'Origin');
      const origin = request.headers.get('Origin');
      if (origin !== null && origins.includes(origin)) headers.set('Access-Control-Allow-Origin', origin);
    },
  }),
});
