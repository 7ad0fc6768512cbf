import type { Registry } from '../routes/index.ts';

const LATER = 'it comes in a later version of Sluice';
const LATER_LIMIT = `rate limits: ${LATER}`;
const LATER_BREAKER = `circuit breakers: ${LATER}`;
const LATER_QUEUE = `request queues: ${LATER}`;
const LATER_FADE_IN = `slow start of endpoints: ${LATER}`;
const LATER_OPA = `Open Policy Agent: ${LATER}; until then, let a server of yours decide by webhook()`;

/** Filters of Skipper that Sluice knows and refuses, each with why, and what takes its place. */
const FILTERS: Readonly<Record<string, string>> = {
  admissionControl: `load shedding: ${LATER}`,
  backendRatelimit: LATER_LIMIT,
  clientRatelimit: LATER_LIMIT,
  clusterClientRatelimit: LATER_LIMIT,
  clusterLeakyBucketRatelimit: LATER_LIMIT,
  clusterRatelimit: LATER_LIMIT,
  disableRatelimit: LATER_LIMIT,
  localRatelimit: `${LATER_LIMIT}; Skipper's own modern name is clientRatelimit`,
  ratelimit: LATER_LIMIT,
  ratelimitFailClosed: LATER_LIMIT,
  unknownRatelimit: 'it is a placeholder inside Skipper that does nothing; leave it out',
  consecutiveBreaker: LATER_BREAKER,
  disableBreaker: LATER_BREAKER,
  rateBreaker: LATER_BREAKER,
  fifo: LATER_QUEUE,
  fifoWithBody: LATER_QUEUE,
  lifo: LATER_QUEUE,
  lifoGroup: LATER_QUEUE,
  lifoGroupWithBody: LATER_QUEUE,
  lifoWithBody: LATER_QUEUE,
  consistentHashBalanceFactor: `bounded loads: ${LATER}`,
  endpointCreated: LATER_FADE_IN,
  fadeIn: LATER_FADE_IN,
  cache: `the response cache: ${LATER}`,
  opaAuthorizeRequest: LATER_OPA,
  opaAuthorizeRequestWithBody: LATER_OPA,
  opaServeResponse: LATER_OPA,
  opaServeResponseWithReqBody: LATER_OPA,
  apiUsageMonitoring:
    'it counts by the path templates of an API registry; give each path a route of its own, and its id labels the metrics',
  lua: 'there is no Lua in Sluice; script() does the same in JavaScript or TypeScript',
  setFastCgiFilename:
    'there are no FastCGI backends; put a server that speaks HTTP in front of the FastCGI program and set the path by setPath()',
};

/** Makes the registry know the words of Skipper that it refuses, so that the error says why. */
export function refuseNames(registry: Registry): void {
  for (const [name, reason] of Object.entries(FILTERS)) registry.filters.refuse(name, reason);
}
