import { SpecError } from '../specs.ts';
import { ImportError } from './module-hooks.ts';

/** What importing a drop-in threw, as it can be sent to another thread. */
export type ImportFailure =
  /** An export looks like a spec but is none. */
  | { readonly kind: 'spec'; readonly exportName: string; readonly message: string }
  /** It imports what does not exist. */
  | { readonly kind: 'import'; readonly importer: string; readonly specifier: string; readonly message: string }
  /** Anything else; `syntax` says that it cannot be compiled. */
  | { readonly kind: 'thrown'; readonly message: string; readonly stack: string; readonly syntax: boolean };

/** Describes what was thrown, whatever it is. */
export function importFailure(thrown: unknown): ImportFailure {
  try {
    return failureOf(thrown);
  } catch {
    return { kind: 'thrown', message: 'threw what cannot be looked at', stack: '', syntax: false };
  }
}

function failureOf(thrown: unknown): ImportFailure {
  if (!(thrown instanceof Error)) {
    return { kind: 'thrown', message: `threw ${String(thrown)}`, stack: '', syntax: false };
  }
  const message = String(thrown.message);
  if (thrown instanceof SpecError) return { kind: 'spec', exportName: thrown.exportName, message };
  if (thrown instanceof ImportError) {
    const { importer, specifier } = thrown;
    return { kind: 'import', importer, specifier, message };
  }
  return { kind: 'thrown', message, stack: String(thrown.stack), syntax: thrown instanceof SyntaxError };
}
