import { cleanPath } from '../../plugin/index.ts';

/**
 * A pattern of Path or PathSubtree in its clean form: one leading slash, "." and ".." resolved.
 * The empty pattern stays empty: it stands for no path at all. Source: Skipper, pathmux.
 *
 * @throws Error when a wildcard stands where it would never match.
 */
export function readPathPattern(text: string): string {
  if (text === '') return '';
  const pattern = cleanPath(text);
  const segments = pattern.slice(1).split('/');
  segments.forEach((segment, at) => {
    if (segment.startsWith('*') && at < segments.length - 1)
      throw new Error(`expected "${segment}" to be the last segment of "${text}": it takes all that follows`);
    if (/^[^:*].*[:*]/s.test(segment))
      throw new Error(`expected a wildcard to fill its segment, found "${segment}" in "${text}"`);
  });
  return pattern;
}
