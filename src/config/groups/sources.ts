import { option } from '../option.ts';

/** Where routes and filters come from, and how routes are matched. */
export const SOURCES = {
  'routes-file': option.list(
    'PATH',
    'route files, or folders of *.eskip files; watched. Default, when there are no inline routes: ./routes',
  ),
  'inline-routes': option.string('', 'ESKIP', 'routes given on the command line'),
  'filters-dir': option.list(
    'PATH',
    'folders of drop-in filters (*.ts, *.js, *.mjs); watched. Default: ./filters where it exists',
  ),
  'drop-in-load-timeout': option.duration(
    '10s',
    'how long a drop-in may take to load, an await at its top level included',
  ),
  'on-invalid': option.oneOf(
    ['file', 'route'],
    'WHAT',
    'what an error in a route file keeps from being used, at start and later: the file, whose last good version stays; or only the route it stands in',
  ),
  'wait-first-route-load': option.boolean(
    true,
    'do not listen for clients until every route file, folder and drop-in that is there was good once; /ready is 503 till then, with or without it',
  ),
  'allow-broken-start': option.boolean(false, 'serve and be ready with whatever can be loaded at start, even nothing'),
  demo: option.boolean(false, 'start an embedded upstream of two instances on the ports that the demo routes name'),
  'default-filters-prepend': option.filters('filters put before those of every route, as in routes'),
  'default-filters-append': option.filters('filters appended to those of every route'),
  'ignore-trailing-slash': option.boolean(false, 'treat /a and /a/ alike when routes are matched'),
  'path-normalization': option.oneOf(
    ['refuse', 'clean', 'raw'],
    'HOW',
    'what becomes of a path that servers may read so that it leads to another route (encoded slashes and dots, "..", backslashes, path parameters): refuse answers 400; clean forwards the path that was matched, and refuses what is ambiguous still; raw forwards what came',
  ),
  'default-http-status': option.int(404, 'the status when no route matches', { min: 200, max: 599 }),
  'max-loopbacks': option.count(9, 'how many loopbacks one request may take; 0 or -1: none'),
  'config-file': option.string(
    '',
    'PATH',
    'a YAML file with options, whose keys are their names without dashes in front; flags and environment come before it',
  ),
} as const;
