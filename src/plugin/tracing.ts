/** What a filter may tell the trace of the request it works for. Costs nothing where no trace is recorded. */
export interface Span {
  /** Notes a fact with the span of the request. */
  setTag(name: string, value: string): void;
  /** Names the span of the call to the backend. */
  nameCall(name: string): void;
}

/** The span of a request that is not traced. */
export const NO_SPAN: Span = Object.freeze({ setTag() {}, nameCall() {} });
