import { setTimeout } from 'node:timers/promises';

/** Long enough for a slow machine; a test that works never waits so long. */
const PATIENCE_MS = 30_000;

/** Asks again and again until the answer is neither false nor null, and resolves to it. @throws Error when it never is */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== null && answer !== undefined) {
      return answer as Exclude<T, false | null | undefined>;
    }
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await setTimeout(10);
  }
}
