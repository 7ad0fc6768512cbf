import { arg, defineFilter } from '../../src/plugin/index.ts';

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Notes where a route comes from. */
export const originMarker = defineFilter({
  name: 'originMarker',
  summary: 'Does nothing: keeps with the route which object it was made from, and when.',
  details: 'Difference from Skipper: no metric is derived from it.',
  source: 'Skipper',
  args: [
    arg.string('origin', { doc: 'kind of source, such as "ingress"' }),
    arg.string('id', { doc: 'id of the object there' }),
    arg.custom('created', 'RFC 3339 time', readTime, { doc: 'when that object was made' }),
  ],
  examples: [
    {
      route: '* -> originMarker("ingress", "ns/name", "2026-01-31T12:00:00Z") -> status(204) -> <shunt>',
      response: { status: 204 },
    },
  ],
  create: () => ({}),
});

function readTime(value: string | number): Date {
  const time = new Date(value);
  if (typeof value !== 'string' || !RFC3339.test(value) || Number.isNaN(time.getTime()))
    throw new Error(`expected a time such as "2026-01-31T12:00:00Z", found ${JSON.stringify(value)}`);
  return time;
}
