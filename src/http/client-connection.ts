/**
 * A client's connection, for what must live and end with it, such as a connection to a backend on which the client has
 * logged in. One per connection, made by the listener.
 */
export class ClientConnection {
  #ends: Set<() => void> | null = null;
  #isClosed = false;

  /** Says whether anything is tied to it: a cheap question, to be asked before others. */
  get hasTies(): boolean {
    return this.#ends !== null;
  }

  /** Has `end` called once, as the connection closes; at once where it has closed already. */
  tie(end: () => void): void {
    if (this.#isClosed) end();
    else (this.#ends ??= new Set()).add(end);
  }

  /** What was tied is over already. */
  untie(end: () => void): void {
    this.#ends?.delete(end);
    if (this.#ends?.size === 0) this.#ends = null;
  }

  /** The connection is closed. Called by the listener. */
  closed(): void {
    this.#isClosed = true;
    const ends = this.#ends;
    this.#ends = null;
    for (const end of ends ?? []) end();
  }
}
