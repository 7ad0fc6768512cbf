/** A command line that cannot be understood; the message says what was expected. Exit code 2. */
export class UsageError extends Error {}
