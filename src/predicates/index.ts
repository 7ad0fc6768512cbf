/**
 * The built-in predicates, grouped by what they look at, in the shape a drop-in has.
 * May import src/plugin only.
 * Invariant: `match` is synchronous and changes nothing; an index hint never leaves out a request that would match.
 */
import type { PredicateSpec } from '../plugin/index.ts';
import * as constant from './constant.ts';
import * as contentLength from './content-length.ts';
import * as cookie from './cookie.ts';
import * as cron from './cron.ts';
import * as forwarded from './forwarded.ts';
import * as header from './header.ts';
import * as headerSha256 from './header-sha256.ts';
import * as host from './host.ts';
import * as interval from './interval.ts';
import * as jwtPayload from './jwt-payload.ts';
import * as listener from './listener.ts';
import * as method from './method.ts';
import * as otelBaggage from './otel-baggage.ts';
import * as path from './path.ts';
import * as queryParam from './query-param.ts';
import * as source from './source.ts';
import * as tee from './tee.ts';
import * as traffic from './traffic.ts';

/** All built-in predicates. */
export const builtinPredicates: readonly PredicateSpec[] = [
  constant,
  contentLength,
  cookie,
  cron,
  forwarded,
  header,
  headerSha256,
  host,
  interval,
  jwtPayload,
  listener,
  method,
  otelBaggage,
  path,
  queryParam,
  source,
  tee,
  traffic,
].flatMap((family): PredicateSpec[] => Object.values(family));
