import type { Endpoint, WeightedEndpoint } from '../plugin/index.ts';

/** The endpoints not tried yet; for the rare second pick. */
export function untried(
  endpoints: readonly WeightedEndpoint[],
  tried: readonly Endpoint[],
): readonly WeightedEndpoint[] {
  return endpoints.filter(({ endpoint }) => !tried.includes(endpoint));
}
