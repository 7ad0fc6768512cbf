import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { labelled, type MetricSnapshot } from './metric-snapshot.ts';

/** How often the delay of the event loop is sampled, in ms. */
const RESOLUTION_MS = 20;
const QUANTILES = [0.5, 0.9, 0.99];

/** What one data thread is busy with: the delay and the use of its event loop, and its heap. Ends with the thread. */
export class ThreadMetrics {
  readonly #thread: string;
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #utilization = performance.eventLoopUtilization();

  /** `thread` is the label that its metrics bear. */
  constructor(thread: number) {
    this.#thread = String(thread);
    this.#delay.enable();
  }

  /** Delay and use since the snapshot before, or the start; what the heap holds now. */
  snapshot(prefix: string): MetricSnapshot[] {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#utilization);
    this.#utilization = now;
    const metrics = [
      this.#delays(`${prefix}_thread_event_loop_delay_seconds`),
      this.#gauge(`${prefix}_thread_event_loop_utilization`, 'Share of time that the thread was busy.', utilization),
      this.#gauge(
        `${prefix}_thread_heap_used_bytes`,
        'Heap that the objects of the thread take.',
        getHeapStatistics().used_heap_size,
      ),
    ];
    this.#delay.reset();
    return metrics;
  }

  #delays(name: string): MetricSnapshot {
    const seconds = (quantile: number): number =>
      this.#delay.count === 0 ? 0 : Math.max(0, this.#delay.percentile(quantile * 100) / 1e9 - RESOLUTION_MS / 1000);
    const values = QUANTILES.map((quantile) => ({
      value: seconds(quantile),
      labels: { thread: this.#thread, quantile: String(quantile) },
    }));
    return labelled(name, 'How late the event loop of the thread is, by quantile.', values);
  }

  #gauge(name: string, help: string, value: number): MetricSnapshot {
    return labelled(name, help, [{ value, labels: { thread: this.#thread } }]);
  }
}
