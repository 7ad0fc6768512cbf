/**
 * `sluice/grammar`: the language of routes for programs of yours. Text and JSON to definitions and back; documents are read
 * with their ids compared, and printed as Skipper prints them. Names and arguments are not checked.
 */
export * from '../../grammar/index.ts';
export {
  canonical,
  equalRoutes,
  printPredicates,
  printRoute,
  printRoutes,
  readDocument as parseRoutes,
  readForm as parseRoute,
  toJson,
} from '../routes/index.ts';
