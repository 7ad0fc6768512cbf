import { ArgError, Body, type BodySink, type BodySource, defineFilter } from '../../src/plugin/index.ts';
import { delayArg } from './delay.ts';

const SPACE = Buffer.from(' ');

/** Answers without end, to keep a client busy. */
export const tarpit = defineFilter({
  name: 'tarpit',
  summary: 'Answers 200 and then sends a space after each interval, for ever.',
  details:
    'Holds a connection and a timer per client, nothing else; ends when the client goes away. Combine it with a limit on connections.',
  source: 'Skipper',
  args: [delayArg('interval', 'time between two spaces, at least 1ms')],
  examples: [
    {
      title: 'For HEAD there is nothing to wait for',
      route: '* -> tarpit("1s") -> <shunt>',
      request: { method: 'HEAD' },
      response: { status: 200 },
    },
  ],
  create: ([intervalMs]) => {
    if (intervalMs < 1) throw new ArgError('expected an interval of at least 1ms', 0);
    return {
      request(ctx) {
        const body = ctx.request.method === 'HEAD' ? null : new Body(new Drip(intervalMs), null);
        ctx.serve({ status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body });
      },
    };
  },
});

class Drip implements BodySource {
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | null = null;
  #full = false;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  start(sink: BodySink): void {
    this.#timer = setInterval(() => {
      if (!this.#full) this.#full = !sink.data(SPACE);
    }, this.#intervalMs);
  }

  resume(): void {
    this.#full = false;
  }

  cancel(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }
}
