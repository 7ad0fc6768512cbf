/** The part of a route that could not be made. */
export interface ProvisionFault {
  readonly routeId: string;
  readonly part: 'predicate' | 'filter' | 'backend';
  /** Number of the predicate or filter in its route, from 0; 0 for the backend. */
  readonly index: number;
  /** The argument at fault, from 0; -1 when it is none in particular. */
  readonly argIndex: number;
}
