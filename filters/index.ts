/**
 * Every built-in filter, in exactly the shape a user's drop-in has.
 * May import src/plugin only: what a filter needs and the contract lacks is added there, for all.
 * Invariant: an instance is shared by concurrent requests; what belongs to one request lives in its context.
 */
import type { FilterSpec } from '../src/plugin/index.ts';
import * as absorb from './absorb.ts';
import * as accessLog from './access-log.ts';
import * as annotation from './annotation.ts';
import * as auditLog from './audit-log.ts';
import { GRANT_VARIABLES } from './auth/grant-options.ts';
import { SECRETS_VARIABLE } from './auth/oidc-options.ts';
import * as awsSigv4 from './aws-sigv4.ts';
import * as backendIsProxy from './backend-is-proxy.ts';
import * as basicAuth from './basic-auth.ts';
import * as blockContent from './block-content.ts';
import * as claimsQuery from './claims-query.ts';
import * as compress from './compress.ts';
import * as consistentHash from './consistent-hash.ts';
import * as contextHeaders from './context-headers.ts';
import * as cookies from './cookies.ts';
import * as cors from './cors.ts';
import * as decompress from './decompress.ts';
import * as dynamicBackend from './dynamic-backend.ts';
import * as flowId from './flow-id.ts';
import * as forwardToken from './forward-token.ts';
import * as forwarding from './forwarding.ts';
import * as generatedContent from './generated-content.ts';
import * as grant from './grant.ts';
import * as headerEncoding from './header-encoding.ts';
import * as headerQuery from './header-query.ts';
import * as healthcheck from './healthcheck.ts';
import * as host from './host.ts';
import * as inlineContent from './inline-content.ts';
import * as jwtMetrics from './jwt-metrics.ts';
import * as jwtValidation from './jwt-validation.ts';
import * as latency from './latency.ts';
import * as latencyDistribution from './latency-distribution.ts';
import * as logBody from './log-body.ts';
import * as logHeader from './log-header.ts';
import * as loopbackIfStatus from './loopback-if-status.ts';
import * as mtls from './mtls.ts';
import * as oidc from './oidc.ts';
import * as originMarker from './origin-marker.ts';
import * as path from './path.ts';
import * as query from './query.ts';
import * as redirect from './redirect.ts';
import * as requestHeaders from './request-headers.ts';
import * as responseHeaders from './response-headers.ts';
import * as rfc from './rfc.ts';
import * as script from './script.ts';
import * as secrets from './secrets.ts';
import * as sed from './sed.ts';
import * as staticFiles from './static.ts';
import * as status from './status.ts';
import * as tarpit from './tarpit.ts';
import * as tee from './tee.ts';
import * as throttle from './throttle.ts';
import * as timeout from './timeout.ts';
import * as tokenInfo from './token-info.ts';
import * as tokenInfoValidate from './token-info-validate.ts';
import * as tokenIntrospection from './token-introspection.ts';
import * as tracing from './tracing.ts';
import * as webhook from './webhook.ts';
import * as wrapContent from './wrap-content.ts';

export { annotations } from './annotation.ts';

const families: readonly Readonly<Record<string, object>>[] = [
  absorb,
  accessLog,
  annotation,
  auditLog,
  awsSigv4,
  backendIsProxy,
  basicAuth,
  blockContent,
  claimsQuery,
  compress,
  consistentHash,
  contextHeaders,
  cookies,
  cors,
  decompress,
  dynamicBackend,
  flowId,
  forwarding,
  forwardToken,
  generatedContent,
  grant,
  headerEncoding,
  headerQuery,
  healthcheck,
  host,
  inlineContent,
  jwtMetrics,
  jwtValidation,
  latency,
  latencyDistribution,
  logBody,
  logHeader,
  loopbackIfStatus,
  mtls,
  oidc,
  originMarker,
  path,
  query,
  redirect,
  requestHeaders,
  responseHeaders,
  rfc,
  secrets,
  script,
  sed,
  staticFiles,
  status,
  tarpit,
  tee,
  throttle,
  timeout,
  tokenInfo,
  tokenInfoValidate,
  tokenIntrospection,
  tracing,
  webhook,
  wrapContent,
];

/** All built-in filters. */
export const builtinFilters: readonly FilterSpec[] = families
  .flatMap((family) => Object.values(family))
  .filter((each): each is FilterSpec => 'create' in each);

/** The variables of the environment, of those that begin with SLUICE_, that filters read. */
export const filterVariables: readonly string[] = [...GRANT_VARIABLES, SECRETS_VARIABLE];
