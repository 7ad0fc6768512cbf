import { option } from '../option.ts';

/** Threads, filters, start and end. */
export const PROCESS = {
  'filter-timeout': option.duration(
    '30s',
    'how long a hook of a filter may stay pending, reading a body or waiting by intent not counted, before the answer is 504; 0: for ever',
  ),
  'filter-body-limit': option.int(
    1_048_576,
    'how much of a body a filter reads whole, where it names no bound of its own, in bytes; beyond it the answer is 413, of a response 502',
  ),
  workers: option.int(0, 'data threads; 0 takes one per core'),
  'thread-stall-timeout': option.duration(
    '5s',
    'how long the loop of a data thread may stand still, as in an endless loop of a filter, before the thread is replaced',
  ),
  'thread-max-heap-mb': option.int(
    0,
    'the most memory that the JavaScript of a data thread may take, in MiB, before the thread is replaced; 0: as much as Node grants',
  ),
  'thread-drain-timeout': option.duration(
    '5m',
    'how long requests and streams of a data thread that is renewed may take to finish',
  ),
  'thread-max-old-modules': option.int(
    100,
    'how many versions of drop-in modules that are not in use any more a data thread may hold before it is renewed: Node frees none',
  ),
  'shutdown-timeout': option.duration('30s', 'how long requests in flight may take to finish after SIGTERM or SIGINT'),
  'wait-for-healthcheck-interval': option.duration(
    '0s',
    'how long to go on accepting after SIGTERM, while the Shutdown predicate is true, before draining',
  ),
} as const;
