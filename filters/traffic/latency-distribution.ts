import { ArgError, type ArgValue, arg, defineFilter, type Filter, parseDuration } from '../../src/plugin/index.ts';
import { delay, delayArg } from './delay.ts';

/** Draws a time span in ms. */
type Sample = () => number;
type Phase = 'request' | 'response';

const around = [delayArg('mean', 'the middle'), delayArg('delta', 'how far it spreads')] as const;
const buckets = [
  arg.rest(
    arg.any('boundaryOrWeight', {
      doc: 'boundary, weight, boundary, weight, …, boundary: at least two boundaries, durations that grow',
    }),
    3,
  ),
] as const;

const UNIFORM = 'Each time from mean - delta to mean + delta is as likely as any other; less than nothing is none.';
const NORMAL =
  'Times are spread normally around the mean, with delta as the standard deviation; less than nothing is none.';
const HISTOGRAM =
  'A bucket lies between two neighbouring boundaries. It is drawn by its weight, then a time within it, each as likely as any other. The sum of the weights may be anything above 0.';

/** Delays requests evenly around a mean. */
export const uniformRequestLatency = spread('uniformRequestLatency', 'request', UNIFORM, uniform);
/** Delays responses evenly around a mean. */
export const uniformResponseLatency = spread('uniformResponseLatency', 'response', UNIFORM, uniform);
/** Delays requests normally around a mean. */
export const normalRequestLatency = spread('normalRequestLatency', 'request', NORMAL, normal);
/** Delays responses normally around a mean. */
export const normalResponseLatency = spread('normalResponseLatency', 'response', NORMAL, normal);
/** Delays requests by a histogram. */
export const histogramRequestLatency = histogramLatency('histogramRequestLatency', 'request');
/** Delays responses by a histogram. */
export const histogramResponseLatency = histogramLatency('histogramResponseLatency', 'response');

function spread(name: string, phase: Phase, details: string, sample: (mean: number, delta: number) => number) {
  return defineFilter({
    name,
    summary: `Delays the ${phase} by a random time around a mean.`,
    details,
    source: 'Skipper',
    untimed: true,
    args: around,
    examples: [{ route: `* -> ${name}("10ms", "5ms") -> "http://origin.example"`, response: { status: 200 } }],
    create: ([meanMs, deltaMs]) => delayIn(phase, () => sample(meanMs, deltaMs)),
  });
}

function histogramLatency(name: string, phase: Phase) {
  return defineFilter({
    name,
    summary: `Delays the ${phase} by a random time that is spread as a histogram says.`,
    details: HISTOGRAM,
    source: 'Skipper',
    untimed: true,
    args: buckets,
    examples: [
      {
        title: 'Nine of ten up to 5 ms, one up to 20 ms',
        route: `* -> ${name}("0ms", 90, "5ms", 10, "20ms") -> "http://origin.example"`,
        response: { status: 200 },
      },
    ],
    create: ([values]) => delayIn(phase, histogram(values)),
  });
}

function delayIn(phase: Phase, sample: Sample): Filter {
  return { [phase]: ({ signal }: { signal: AbortSignal }) => delay(Math.max(0, sample()), signal) };
}

function uniform(mean: number, delta: number): number {
  return mean + (2 * Math.random() - 1) * delta;
}

/** Box and Muller's way to a normal distribution. */
function normal(mean: number, delta: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
  return mean + radius * Math.cos(2 * Math.PI * Math.random()) * delta;
}

function histogram(values: readonly ArgValue[]): Sample {
  const boundaries: number[] = [];
  const cumulated: number[] = [];
  let total = 0;
  values.forEach((value, index) => {
    if (index % 2 === 0) boundaries.push(boundary(value, boundaries.at(-1) ?? -1, index));
    else cumulated.push((total += weight(value, index)));
  });
  if (boundaries.length !== cumulated.length + 1)
    throw new ArgError('expected a boundary at the end', values.length - 1);
  if (total === 0) throw new ArgError('expected a weight above 0', 1);
  return () => {
    const drawn = Math.random() * total;
    const bucket = cumulated.findIndex((sum) => sum > drawn);
    const from = boundaries[bucket] ?? 0;
    return from + Math.random() * ((boundaries[bucket + 1] ?? from) - from);
  };
}

function boundary(value: ArgValue, previousMs: number, index: number): number {
  if (typeof value !== 'string')
    throw new ArgError(`expected a duration such as "10ms", found the number ${value}`, index);
  let ms: number;
  try {
    ms = parseDuration(value);
  } catch (error) {
    throw new ArgError((error as Error).message, index);
  }
  if (ms <= previousMs) throw new ArgError(`expected a duration above the one before, found "${value}"`, index);
  return ms;
}

function weight(value: ArgValue, index: number): number {
  if (typeof value !== 'number' || value < 0)
    throw new ArgError(`expected a weight of 0 or more, found ${JSON.stringify(value)}`, index);
  return value;
}
