/**
 * What routes say, and what is wrong with what they say: the road from a text to routes that are sound.
 *
 *   `names/`     which predicates, filters and algorithms there are
 *   `read/`      texts to routes: `readRoutes` for a file that may be known in parts, `readDocument` without a vocabulary
 *   `check/`     what is wrong: form, names, arguments, addresses, ids, reachability, each in one place
 *   `findings/`  the codes of what is wrong, and findings at the places of routes; `Finding` itself and its printer are the
 *                grammar's, since texts are at fault before there is a route
 *
 * A route has four shapes on its way; each is made from the one before it:
 *
 *   `RouteDef`     the definition, parsed, with the place of every part (grammar)
 *   `LoadedRoute`  a definition that is sound: its text, the text of its record, its file and, once it has one, its place
 *   `RouteRecord`  what that text says: plain JSON, what data threads receive
 *   `Route`        instances, live (src/routing)
 *
 * Plans and diffs are of src/reload: they compare what is wanted with what is in use, drop-ins included, and nothing here
 * knows of either.
 *
 * May import grammar, src/http, src/plugin, and of src/sources the types.
 * Invariant: nothing here makes an instance, or knows what is in use.
 */

export { type Finding, isError, type Place, printFinding, printPlace } from '../../grammar/index.ts';
export { checkForm, isPath, ONE_PATH } from './check/check-form.ts';
export { checkRoute, provisionFinding } from './check/check-route.ts';
export * from './check/hidden-routes.ts';
export * from './definition.ts';
export { CODES, type FindingCode, finding } from './findings/codes.ts';
export {
  byPlace,
  type FindingFacts,
  factsOf,
  faultFinding,
  fileFinding,
  inOrder,
  located,
  shifted,
  shownPlace,
  withHint,
} from './findings/finding.ts';
export {
  adviceFinding,
  conflictFinding,
  hiddenFinding,
  type InText,
  placeOfRoute,
  provisionPlace,
  RoutePlaces,
  recheck,
  routeFinding,
  unmadeFinding,
} from './findings/route-findings.ts';
export { BUILT_IN, NameClashError, type NamedSpec, type Namespace } from './names/namespace.ts';
export { type BareSpec, completeSpec, Registry } from './names/registry.ts';
export type { ProvisionFault } from './provision-fault.ts';
export { CooperativeYield } from './read/cooperative-yield.ts';
export * from './read/default-filters.ts';
export { fileRouteId } from './read/file-route-id.ts';
export { type LoadedRoute, namesTester, placedAt, recordIn, recordJson, suspendedRoute } from './read/loaded-route.ts';
export { type RouteReading, type RouteText, readRoutes } from './read/read.ts';
export { readDocument, readForm } from './read/read-document.ts';
export * from './record.ts';
export { shownRoute } from './shown-route.ts';
export { canonical, equalRoutes, printPredicates, printRoute, printRoutes, toJson } from './skipper-form.ts';
