/** What is wrong with a regexp, and where: `start` and `end` are UTF-16 offsets in the pattern's source. */
export interface RegexpFault {
  message: string;
  start: number;
  end: number;
}

/** The refusal of a regexp: bad RE2 syntax, or a construct that cannot run in linear time. */
export class RegexpError extends Error {
  override readonly name = 'RegexpError';
  readonly fault: RegexpFault;

  constructor(fault: RegexpFault) {
    super(`${fault.message} (at ${fault.start})`);
    this.fault = fault;
  }
}

/** Throws the fault for the half-open span `[start, end)` of the pattern. @throws RegexpError always */
export function refuse(message: string, start: number, end: number): never {
  throw new RegexpError({ message, start, end });
}
