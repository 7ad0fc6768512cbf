import { type Arg, ArgError, type ArgValue, arg, definePredicate } from '../../plugin/index.ts';
import { TimeZone } from './time-zone.ts';

const TIME_FORMS =
  'A time is RFC 3339 ("2026-01-01T09:00:00Z"), seconds since 1970 (a number), or, with the name of a time zone as the last argument, local ("2026-01-01T09:00:00").';
const CLOCK = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/;

const time = (name: string, doc: string): Arg<ArgValue> => arg.custom(name, 'time', (value) => value, { doc });
const zoneName = arg.optional(arg.string('zone', { doc: 'IANA time zone of the local times before, "Europe/Berlin"' }));

/** The zone named by the argument at `index`, or null without one. */
function zoneOf(name: string | undefined, index: number): TimeZone | null {
  try {
    return name === undefined ? null : new TimeZone(name);
  } catch (error) {
    throw new ArgError((error as Error).message, index);
  }
}

/** The instant of the argument at `index`, in ms since the epoch. @throws ArgError */
function instantOf(value: ArgValue, zone: TimeZone | null, index: number): number {
  if (typeof value === 'number') {
    if (zone !== null) throw new ArgError('expected a local time, found a number, which needs no time zone', index);
    return Math.trunc(value) * 1000;
  }
  const [, clock = '', fraction = '0', offset = ''] = CLOCK.exec(value) ?? [];
  const readingMs = Date.parse(`${clock}Z`);
  // A date that is none ("02-30") comes back as another one.
  const isDate = !Number.isNaN(readingMs) && new Date(readingMs).toISOString().startsWith(clock);
  if (!isDate || (offset === '') !== (zone !== null)) {
    const form = zone === null ? 'a time such as "2026-01-01T09:00:00Z"' : 'a local time such as "2026-01-01T09:00:00"';
    throw new ArgError(`expected ${form}, found ${JSON.stringify(value)}`, index);
  }
  const fractionMs = Number(`0.${fraction}`) * 1000;
  return (zone === null ? Date.parse(`${clock}${offset}`) : zone.instantOf(readingMs)) + fractionMs;
}

/** Matches from an instant on. */
export const after = definePredicate({
  name: 'After',
  summary: 'Matches from the time on.',
  details: TIME_FORMS,
  args: [time('begin', 'first instant that matches'), zoneName],
  source: 'Skipper; RFC 3339',
  examples: [
    { route: 'After("2020-01-01T00:00:00+01:00") -> status(200) -> <shunt>', response: { status: 200 } },
    { route: 'After("2999-12-31T23:59:59", "Europe/Berlin") -> status(200) -> <shunt>', response: { status: 404 } },
  ],
  create: ([begin, zone], { now = Date.now }) => {
    const beginMs = instantOf(begin, zoneOf(zone, 1), 0);
    return { match: () => beginMs <= now() };
  },
});

/** Matches up to an instant. */
export const before = definePredicate({
  name: 'Before',
  summary: 'Matches up to the time, exclusive.',
  details: TIME_FORMS,
  args: [time('end', 'first instant that does not match'), zoneName],
  source: 'Skipper; RFC 3339',
  examples: [
    { route: 'Before("2999-12-31T23:59:59Z") -> status(200) -> <shunt>', response: { status: 200 } },
    { title: 'Seconds since 1970', route: 'Before(1577836800) -> status(200) -> <shunt>', response: { status: 404 } },
  ],
  create: ([end, zone], { now = Date.now }) => {
    const endMs = instantOf(end, zoneOf(zone, 1), 0);
    return { match: () => now() < endMs };
  },
});

/** Matches in a span of time. */
export const between = definePredicate({
  name: 'Between',
  summary: 'Matches from begin, inclusive, to end, exclusive.',
  details: `${TIME_FORMS} The begin must lie before the end. One of both may be a number and the other a text; Skipper wants both alike.`,
  args: [time('begin', 'first instant that matches'), time('end', 'first instant that does not'), zoneName],
  source: 'Skipper; RFC 3339',
  examples: [
    {
      route: 'Between("2020-01-01T00:00:00Z", "2999-12-31T23:59:59Z") -> status(200) -> <shunt>',
      response: { status: 200 },
    },
    {
      title: 'Local time',
      route: 'Between("2020-01-01T09:00:00", "2020-01-01T17:00:00", "America/New_York") -> status(200) -> <shunt>',
      response: { status: 404 },
    },
  ],
  create: ([begin, end, zoneName], { now = Date.now }) => {
    const zone = zoneOf(zoneName, 2);
    const beginMs = instantOf(begin, zone, 0);
    const endMs = instantOf(end, zone, 1);
    if (beginMs >= endMs) throw new ArgError('expected the end to be after the beginning', 1);
    return {
      match() {
        const nowMs = now();
        return beginMs <= nowMs && nowMs < endMs;
      },
    };
  },
});
