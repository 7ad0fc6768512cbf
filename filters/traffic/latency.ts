import { defineFilter, type FilterContext } from '../../src/plugin/index.ts';
import { delay, delayArg } from './delay.ts';

const args = [delayArg('delay', 'how long to wait')] as const;

/** Delays responses. */
export const latency = defineFilter({
  name: 'latency',
  summary: 'Delays the response.',
  details: 'The time adds to that of the backend. It ends early when the client goes away.',
  source: 'Skipper',
  untimed: true,
  args,
  examples: [
    {
      title: '20 ms more',
      route: '* -> latency("20ms") -> "http://origin.example"',
      origin: { body: 'late' },
      response: { status: 200, body: 'late' },
    },
    {
      title: 'In milliseconds',
      route: '* -> latency(20) -> inlineContent("late") -> <shunt>',
      response: { body: 'late' },
    },
  ],
  create: ([delayMs]) => ({ response: (ctx) => hold(ctx, delayMs) }),
});

/** Delays requests on their way to the backend. */
export const backendLatency = defineFilter({
  name: 'backendLatency',
  summary: 'Delays the request before it goes to the backend.',
  details: 'It ends early when the client goes away.',
  source: 'Skipper',
  untimed: true,
  args,
  examples: [
    {
      route: '* -> backendLatency(20) -> "http://origin.example"',
      request: { method: 'POST', body: 'x' },
      upstream: { method: 'POST', body: 'x' },
    },
  ],
  create: ([delayMs]) => ({ request: (ctx) => hold(ctx, delayMs) }),
});

function hold(ctx: FilterContext, delayMs: number): Promise<void> | undefined {
  return delayMs === 0 ? undefined : delay(delayMs, ctx.signal);
}
