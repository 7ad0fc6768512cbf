import { option } from '../option.ts';

/** What is written, and where. */
export const LOGS = {
  'access-log': option.string('', 'PATH', 'where access log lines go; empty: standard error'),
  'access-log-disabled': option.boolean(false, 'write no access log, but for routes with enableAccessLog()'),
  'access-log-format': option.string(
    'extended',
    'FORMAT',
    'how lines of the access log are written: extended, skipper, json, or a text with fields such as ${host} ${status} ${request.header.Accept}',
  ),
  'access-log-json-enabled': option.boolean(
    false,
    'write the access log as JSON lines, as access-log-format json does',
  ),
  'access-log-strip-query': option.boolean(false, 'leave queries out of the access log'),
  'application-log': option.string('', 'PATH', 'where application log lines go; empty: standard error'),
  'application-log-level': option.oneOf(['info', 'debug', 'warn', 'error'], 'LEVEL', 'debug, info, warn or error', {
    warning: 'warn',
    fatal: 'error',
    panic: 'error',
  }),
  'application-log-json-enabled': option.boolean(false, 'write the application log as JSON lines'),
} as const;
