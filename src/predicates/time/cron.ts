import { Cron } from 'croner';
import { ArgError, arg, definePredicate } from '../../plugin/index.ts';

const MINUTE_MS = 60_000;

function scheduleOf(mask: string, timezone: string | undefined): Cron {
  try {
    const zone = timezone === undefined ? {} : { timezone };
    // Without a function and paused it is a mask, not a job: nothing is ever started.
    const schedule = new Cron(mask, { paused: true, mode: '5-part', domAndDow: true, ...zone });
    schedule.match(new Date());
    return schedule;
  } catch (error) {
    const [fault, index] = isZone(timezone)
      ? [(error as Error).message.replace(/^\w+: /, ''), 0]
      : [`unknown time zone "${timezone}"`, 1];
    throw new ArgError(`expected five fields such as "0-29 9-17 * * 1-5": ${fault}`, index);
  }
}

function isZone(name: string | undefined): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Matches in the minutes of a cron mask. */
export const cron = definePredicate({
  name: 'Cron',
  summary: 'Matches during the minutes that fit the mask: minute, hour, day of month, month, day of week.',
  details: [
    'A field is "*", a number, a range "9-17", a list "1,15" or a step "*/5"; months and weekdays may be named (JAN, MON), Sunday',
    'is 0 or 7. All five must fit, so "* * 13 * 5" is Friday the 13th, unlike in the program cron. Without a time zone',
    'that of the process counts.\n\nDifferences from Skipper: steps, names, the weekday 7 and the time zone are new.',
  ].join(' '),
  args: [
    arg.string('mask', { doc: 'five fields with spaces between' }),
    arg.optional(arg.string('zone', { doc: 'IANA time zone, "Europe/Berlin"' })),
  ],
  source: 'Skipper',
  examples: [
    { title: 'Always', route: 'Cron("* * * * *") -> status(200) -> <shunt>', response: { status: 200 } },
    {
      title: 'A day that there is not',
      route: 'Cron("* 9-17 31 FEB *", "Europe/Berlin") -> status(200) -> <shunt>',
      response: { status: 404 },
    },
  ],
  create: ([mask, zone], { now = Date.now }) => {
    const schedule = scheduleOf(mask, zone);
    let minute = -1;
    let fits = false;
    return {
      match() {
        const current = Math.floor(now() / MINUTE_MS);
        if (current !== minute) {
          minute = current;
          fits = schedule.match(new Date(current * MINUTE_MS));
        }
        return fits;
      },
    };
  },
});
