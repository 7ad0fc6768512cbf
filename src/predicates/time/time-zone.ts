/** A time zone of the IANA database, read once; tells the instant of a local time. */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat;

  /** @throws Error when there is no zone of that name. */
  constructor(name: string) {
    try {
      this.#format = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        calendar: 'iso8601',
        hourCycle: 'h23',
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
      });
    } catch {
      throw new Error(`expected a time zone such as "Europe/Berlin", found ${JSON.stringify(name)}`);
    }
  }

  /**
   * The instant, in ms since the epoch, when clocks show `localMs` (the same reading taken as UTC). Of a reading that
   * comes twice, one of both; one that is skipped is moved by the hour that is skipped.
   */
  instantOf(localMs: number): number {
    const guess = localMs - this.#offsetMs(localMs);
    return localMs - this.#offsetMs(guess);
  }

  #offsetMs(instantMs: number): number {
    const shown: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(instantMs)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, day, hour, minute, second) - instantMs;
  }
}
