import { splitRoutes } from '../tokens/split.ts';
import { parseRoutes } from './parse.ts';

/** A document of `count` ordinary routes: three predicates, three filters, one network backend each. */
export function ordinaryRoutes(count: number): string {
  return Array.from(
    { length: count },
    (_, i) =>
      `route${i}: Path("/api/v${i % 10}/things/:id${i}") && Method("GET") && Header("X-Tenant", "tenant-${i}")\n` +
      `  -> setPath("/v2/things") -> setRequestHeader("X-Route", "b${i}") -> status(200)\n` +
      `  -> "http://backend-${i % 100}.example:8080";\n`,
  ).join('');
}

/**
 * Times one parse of a document of `count` ordinary routes, in milliseconds.
 * @throws Error when the document does not parse completely.
 */
export function benchParse(count: number): { ms: number } {
  const text = ordinaryRoutes(count);
  const began = performance.now();
  const { value } = parseRoutes(text);
  const ms = performance.now() - began;
  if (value.length !== count) throw new Error(`${value.length} of ${count} routes parsed`);
  return { ms };
}

/** Times one split of a document of `count` ordinary routes, in milliseconds, and tells the document's size. */
export function benchSplit(count: number): { ms: number; megabytes: number } {
  const text = ordinaryRoutes(count);
  const began = performance.now();
  const chunks = splitRoutes(text);
  const ms = performance.now() - began;
  if (chunks.length !== count) throw new Error(`${chunks.length} of ${count} routes found`);
  return { ms, megabytes: text.length / 1e6 };
}
