import { type ArgValue, arg, defineFilter } from '../../src/plugin/index.ts';
import { addVary } from '../lib/content-change.ts';

/** An origin as browsers write it, "*" for all of them, or "null". @throws Error when no browser sends it */
function readOrigin(value: ArgValue): string {
  if (value === '*' || value === 'null') return value;
  const text = arg.line('origin').read(value) as string;
  const url = URL.parse(text);
  if (url !== null && url.origin === text && !text.includes('*')) return text;
  // Of schemes it does not know (apps, extensions) URL says no origin; browsers send scheme and host.
  if (url?.origin === 'null' && /^[a-z][a-z0-9+.-]*:\/\/[^/\s,*]+$/.test(text)) return text;
  const expected = 'expected an origin such as "https://example.org", or "*" for all';
  if (text.includes('*')) throw new Error(`${expected}, found "${text}": write each origin out`);
  const meant = url === null || url.origin === 'null' ? '' : `; browsers write it "${url.origin}"`;
  throw new Error(`${expected}, found "${text}", which no browser sends${meant}`);
}

/** Allows other origins to read the response. */
export const corsOrigin = defineFilter({
  name: 'corsOrigin',
  summary: 'Allows the origins named to read the response; without arguments, or with "*", all of them.',
  details: [
    'An origin of the list is echoed in Access-Control-Allow-Origin, and the response gets "Vary: Origin" so that no cache',
    'hands it to another (not so in Skipper). What no browser sends as an origin, such as one with a path, is an error. Holds for errors too, which a page could not read otherwise. Preflight',
    'requests (OPTIONS) are the business of the backend, or of a route of their own.',
  ].join(' '),
  args: [arg.rest(arg.custom('origin', 'origin', readOrigin))],
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
  create: ([origins]) => {
    const isOpen = origins.length === 0 || origins.includes('*');
    return {
      response({ request, response }) {
        const { headers } = response;
        if (isOpen) {
          headers.set('Access-Control-Allow-Origin', '*');
          return;
        }
        addVary(headers, 'Origin');
        const origin = request.headers.get('Origin');
        if (origin !== null && origins.includes(origin)) headers.set('Access-Control-Allow-Origin', origin);
      },
    };
  },
});
