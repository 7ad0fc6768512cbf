// Every word that Skipper knows is known here: it works, or it is refused with a reason.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { referenceOf } from '../src/cli/reference/reference.ts';
import { checkRoute } from '../src/routes/index.ts';
import { builtinRegistry } from '../src/vocabulary/index.ts';
import { definitions } from './kit/proxy.ts';

/** The filters of Skipper 0.27 (filters/filters.go). */
const FILTERS = `
backendIsProxy comment annotate modRequestHeader setRequestHeader appendRequestHeader dropRequestHeader modResponseHeader setResponseHeader
appendResponseHeader dropResponseHeader setContextRequestHeader appendContextRequestHeader setContextResponseHeader appendContextResponseHeader
copyRequestHeader copyResponseHeader encodeBase64RequestHeader encodeBase64ResponseHeader encodeRequestHeader encodeResponseHeader
decodeBase64RequestHeader decodeBase64ResponseHeader dropRequestHeaderRegexp dropResponseHeaderRegexp modPath setPath redirectTo redirectToLower
static stripQuery preserveHost status compress decompress setQuery dropQuery inlineContent inlineContentIfStatus flowId xforward xforwardFirst
randomContent repeatContent repeatContentHex wrapContent wrapContentHex backendTimeout readTimeout writeTimeout blockContent blockContentHex latency
bandwidth chunks backendLatency backendBandwidth backendChunks tarpit absorb absorbSilent uniformRequestLatency uniformResponseLatency
normalRequestLatency normalResponseLatency histogramRequestLatency histogramResponseLatency logBody logHeader tee teeResponse teenf teeLoopback sed
sedDelim sedRequest sedRequestDelim basicAuth webhook oauthTokeninfoAnyScope oauthTokeninfoAllScope oauthTokeninfoAnyKV oauthTokeninfoAllKV
oauthTokeninfoValidate oauthTokenintrospectionAnyClaims oauthTokenintrospectionAllClaims oauthTokenintrospectionAnyKV oauthTokenintrospectionAllKV
secureOauthTokenintrospectionAnyClaims secureOauthTokenintrospectionAllClaims secureOauthTokenintrospectionAnyKV secureOauthTokenintrospectionAllKV
forwardToken forwardTokenField oauthGrant grantCallback grantLogout grantClaimsQuery jwtValidation jwtValidationKeys jwtMetrics oauthOidcUserInfo
oauthOidcAnyClaims oauthOidcAllClaims oidcClaimsQuery dropRequestCookie dropResponseCookie requestCookie responseCookie jsCookie consecutiveBreaker
rateBreaker disableBreaker admissionControl clientRatelimit ratelimit clusterClientRatelimit clusterRatelimit clusterLeakyBucketRatelimit
backendRatelimit ratelimitFailClosed lua corsOrigin headerToQuery queryToHeader disableAccessLog maskAccessLogQuery enableAccessLog auditLog
unverifiedAuditLog setDynamicBackendHostFromHeader setDynamicBackendSchemeFromHeader setDynamicBackendUrlFromHeader setDynamicBackendHost
setDynamicBackendScheme setDynamicBackendUrl apiUsageMonitoring fifo fifoWithBody lifo lifoWithBody lifoGroup lifoGroupWithBody rfcPath rfcHost
bearerinjector setRequestHeaderFromSecret tracingBaggageToTag stateBagToTag tracingTag tracingTagFromResponse tracingTagFromResponseIfStatus
tracingSpanName originMarker fadeIn endpointCreated consistentHashKey consistentHashBalanceFactor opaAuthorizeRequest opaAuthorizeRequestWithBody
opaServeResponse opaServeResponseWithReqBody tlsPassClientCertificates mtlsIssuerDN mtlsSanCIDR mtlsSanDNS mtlsSanIP mtlsSanURI mtlsCN mtlsAuthn
awsSigv4 loopbackIfStatus cache healthcheck setFastCgiFilename disableRatelimit unknownRatelimit
`;

/** Old names that Skipper still takes, and those that its documentation gives to filters registered under others. */
const OLD_FILTERS = `
requestHeader responseHeader requestCopyHeader responseCopyHeader redirect Tee localRatelimit accessLogDisabled
dropRequestHeaderValueRegexp dropResponseHeaderValueRegexp
`;

const PREDICATES = `
Path PathSubtree PathRegexp Host HostAny ForwardedHost ForwardedProtocol Weight True False Shutdown Method Methods Header
HeaderRegexp Cookie JWTPayloadAnyKV JWTPayloadAllKV JWTPayloadAnyKVRegexp JWTPayloadAllKVRegexp HeaderSHA256 After Before
Between Cron QueryParam Source SourceFromLast ClientIP Tee Traffic TrafficSegment ContentLengthBetween OTelBaggage
`;

const BALANCERS = 'roundRobin random consistentHash powerOfRandomNChoices weightedRoundRobin leastRequests';

const registry = builtinRegistry();
const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
const filters = wordsOf(FILTERS);
const predicates = wordsOf(PREDICATES);

test('the lists are whole', () => {
  assert.equal(new Set(filters).size, 177);
  assert.equal(new Set(predicates).size, 34);
});

test('every filter of Skipper works or is refused with a reason', () => {
  const missing = [...filters, ...wordsOf(OLD_FILTERS)].filter(
    (name) => registry.filters.get(name) === undefined && !registry.filters.refusal(name),
  );
  assert.deepEqual(missing, [], `neither in filters/ nor in src/refused-names.ts: ${missing.join(', ')}`);
});

test('nothing that works is refused', () => {
  const refused = new Set([...registry.filters.refusals(), ...registry.predicates.refusals()].map(([name]) => name));
  const working = [...registry.filters, ...registry.predicates].flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  assert.deepEqual(
    working.filter((name) => refused.has(name)),
    [],
  );
});

test('every predicate and every balancing algorithm of Skipper works', () => {
  assert.deepEqual(
    predicates.filter((name) => registry.predicates.get(name) === undefined),
    [],
  );
  assert.deepEqual(
    wordsOf(BALANCERS).filter((name) => registry.balancers.get(name) === undefined),
    [],
  );
});

test('check says why a filter is refused, never that it is unknown', () => {
  for (const name of [...filters, ...wordsOf(OLD_FILTERS)]) {
    const [route] = definitions(`r: * -> ${name}() -> <shunt>;`);
    assert.ok(route !== undefined);
    const codes = checkRoute(route, registry).map(({ code }) => code);
    assert.ok(!codes.includes('unknown-filter'), name);
    assert.equal(codes.includes('refused-filter'), registry.filters.refusal(name) !== undefined, name);
  }
});

test('check takes Any() and every spelling of a catch-all', () => {
  for (const text of ['*', 'Any()', 'Any() && True()'])
    for (const route of definitions(`r: ${text} -> <shunt>;`)) assert.deepEqual(checkRoute(route, registry), []);
});

test('the reference has an entry for each, which says what it does or why it is refused', () => {
  const { filters: filterEntries, predicates: predicateEntries } = referenceOf(registry);
  const told = new Map([...filterEntries, ...predicateEntries].map((entry) => [entry.name, entry]));
  const silent = [...filters, ...predicates].filter((name) => {
    const entry = told.get(name);
    return !(entry?.refused || (entry?.summary && entry.examples.length > 0));
  });
  assert.deepEqual(silent, []);
});
