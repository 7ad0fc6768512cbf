const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
/** What messages say was expected where a duration is none. */
export const DURATION_EXPECTED = 'expected a duration such as "1m30s" (units: ns, us, ms, s, m, h)';

/** Other spellings of units, with what Go writes for one of them. */
const SPELLINGS: readonly (readonly [RegExp, unit: string, times: number])[] = [
  [/^(?:ms(?:ecs?)?|millis(?:econds?)?|milliseconds?)$/, 'ms', 1],
  [/^(?:|s|secs?|seconds?)$/, 's', 1],
  [/^(?:m|mins?|minutes?)$/, 'm', 1],
  [/^(?:h|hrs?|hours?)$/, 'h', 1],
  [/^(?:d|days?)$/, 'h', 24],
  [/^(?:w|weeks?)$/, 'h', 168],
];

/** What probably was meant by a duration in other words: "10", "10 sec", "1d". */
function meant(text: string): string {
  const [, amount, word = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const [, unit, times] = SPELLINGS.find(([pattern]) => pattern.test(word.toLowerCase())) ?? [];
  if (amount === undefined || unit === undefined || times === undefined) return '';
  return `; did you mean "${Number(amount) * times}${unit}"?`;
}

const WHOLE = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/**
 * Milliseconds of a duration as Go writes it: "300ms", "1m30s", "1.5h", "0". @throws Error when it is none.
 * Source: Go, time.ParseDuration.
 */
export function parseDuration(text: string): number {
  if (/^[+-]?0$/.test(text)) return 0;
  const whole = WHOLE.exec(text);
  if (whole === null) throw new Error(`${DURATION_EXPECTED}, found ${JSON.stringify(text)}${meant(text)}`);
  let ms = 0;
  for (const [, amount, unit] of (whole[2] as string).matchAll(PART))
    ms += Number(amount) * (UNIT_MS[unit as string] as number);
  return whole[1] === '-' ? -ms : ms;
}
