// Comes before all other modules of a process: no regular expression, not even one of our own, may run before V8 knows
// that it has to fall back to its linear engine. The switch holds for all threads.
import { enableLinearRegexps } from './regexp/index.ts';

/** How this process keeps regexps linear. */
export const linearMode = enableLinearRegexps();
