import type { Diagnostic } from '../../grammar/index.ts';

/** A diagnostic of severity error. */
export function fault(
  code: string,
  message: string,
  span: Diagnostic['span'],
  suggestion: string | null = null,
): Diagnostic {
  return { code, message, span, severity: 'error', ...(suggestion === null ? {} : { suggestion }) };
}

/** A diagnostic of severity warning. */
export function warning(code: string, message: string, span: Diagnostic['span']): Diagnostic {
  return { code, message, span, severity: 'warning' };
}
