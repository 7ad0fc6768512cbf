/**
 * Keeps a thread alive through what drop-ins throw outside of any call, in timers or promises of their own: such errors
 * go to `report`. All others end the process as ever. For the main thread, which runs drop-ins only to know their names
 * and arguments; a data thread is better replaced. Returns how to end it.
 */
export function catchStrayErrors(report: (error: Error) => void): () => void {
  const take = (thrown: unknown): void => {
    if (isOfDropIn(thrown)) {
      report(thrown);
      return;
    }
    console.error(thrown);
    process.exit(1);
  };
  // Rejections nobody handles arrive here too.
  process.on('uncaughtException', take);
  return () => process.off('uncaughtException', take);
}

function isOfDropIn(thrown: unknown): thrown is Error {
  // Only drop-ins have versions, and a version that is not in use any more may still have timers.
  return thrown instanceof Error && /file:[^\s?]+\?v=\d+:/.test(thrown.stack ?? '');
}
