import { stateKey } from '../../src/plugin/index.ts';

/** What `annotate` filters said about the request, by key. */
export const annotations = stateKey<ReadonlyMap<string, string>>('annotations');
