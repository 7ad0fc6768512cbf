import { option } from '../option.ts';

/** Threads, start and end. */
export const PROCESS = {
  workers: option.int(0, 'data threads; 0 takes one per core'),
  'shutdown-timeout': option.duration('30s', 'how long requests in flight may take to finish after SIGTERM or SIGINT'),
  'wait-for-healthcheck-interval': option.duration(
    '0s',
    'how long to go on accepting after SIGTERM, while the Shutdown predicate is true, before draining',
  ),
} as const;
