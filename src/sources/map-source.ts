import type { Source, SourceChange } from './source.ts';

/** A source whose changes are looked at, or made others, on their way. */
export function mapSource(source: Source, map: (change: SourceChange) => SourceChange): Source {
  return {
    start: (deliver) => source.start((change) => deliver(map(change))),
    close: () => source.close(),
  };
}
