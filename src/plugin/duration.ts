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
const WHOLE = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/**
 * Milliseconds of a duration as Go writes it: "300ms", "1m30s", "1.5h", "0". @throws Error when it is none.
 * Source: Go, time.ParseDuration.
 */
export function parseDuration(text: string): number {
  if (/^[+-]?0$/.test(text)) return 0;
  const whole = WHOLE.exec(text);
  if (whole === null) throw new Error(`expected a duration such as "1m30s", found ${JSON.stringify(text)}`);
  let ms = 0;
  for (const [, amount, unit] of (whole[2] as string).matchAll(PART))
    ms += Number(amount) * (UNIT_MS[unit as string] as number);
  return whole[1] === '-' ? -ms : ms;
}
