import { eachUnsafe, isUnsafe, jsonEscapeOf } from './visible.ts';

/** A line of JSON in which what JSON leaves as it is, but terminals and line readers do not, is escaped too; without line break. */
export function jsonLine(json: string): string {
  return isUnsafe(json) ? json.replace(eachUnsafe, jsonEscapeOf) : json;
}
