import { type FilterContext, octetsToText, type Regexp, regexpArgument } from '../../../src/plugin/index.ts';
import { annotations } from '../../lib/annotations.ts';
import { textList } from './yaml-rules.ts';

/** The rules that `readOptOut` reads. */
export const OPT_OUT_RULES = ['optOutAnnotations', 'optOutHosts'] as const;

/** Which requests a filter that stands before all routes leaves alone. */
export interface OptOut {
  /** Keys of annotate; one of them is enough. */
  readonly annotated: readonly string[];
  readonly hosts: readonly Regexp[];
}

/** Reads the rules. @throws Error that says what is wrong with them. */
export function readOptOut(rules: Readonly<Partial<Record<(typeof OPT_OUT_RULES)[number], unknown>>>): OptOut {
  return { annotated: textList(rules.optOutAnnotations), hosts: textList(rules.optOutHosts).map(regexpArgument) };
}

/** Whether the request is left alone. */
export function optsOut({ state, request }: FilterContext, { annotated, hosts }: OptOut): boolean {
  const noted = state.get(annotations);
  if (noted !== undefined && annotated.some((key) => noted.has(key))) return true;
  return hosts.length > 0 && hosts.some((host) => host.test(octetsToText(request.host)));
}
