/** Who ended how many data threads lately. */
export class KillLedger {
  /** So many times within this time, in ms, are too many. */
  static readonly tooMany = 3;
  static readonly withinMs = 60_000;
  readonly #kills = new Map<string, number[]>();

  /** Notes that `culprit` ended a thread at `nowMs`; says whether that was once too often. It then begins anew. */
  isTooMuch(culprit: string, nowMs: number): boolean {
    const lately = (this.#kills.get(culprit) ?? []).filter((at) => nowMs - at < KillLedger.withinMs);
    lately.push(nowMs);
    this.#kills.set(culprit, lately);
    if (lately.length < KillLedger.tooMany) return false;
    this.#kills.delete(culprit);
    return true;
  }
}
