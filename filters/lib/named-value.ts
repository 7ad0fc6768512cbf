import type { State } from '../../src/plugin/index.ts';
import { annotations } from './annotations.ts';

/**
 * What the request's state has under a name, as text: a value that a filter keeps there, else an annotation; null when
 * there is neither. Objects and lists are written as JSON.
 */
export function namedValue(state: State, name: string): string | null {
  const value = state.named(name) ?? state.get(annotations)?.get(name) ?? null;
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** For the reference: which names there are. */
export const NAMES =
  'Names are those that filters give what they find out, such as auth-user, auth-reject-reason, token-info, token-introspection, verified-claims and unverified-audit, else those of annotate(). Objects are written as JSON.';
