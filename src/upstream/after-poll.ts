/** Something to be sent once the sockets were looked at. */
export interface Waiting {
  send(): void;
}

let waiting: Waiting[] = [];

/**
 * Sends after this turn's poll: what an idle connection has received by then, be it its end or bytes that nobody asked for,
 * is known before a request goes out on it. One look serves all requests of the turn.
 */
export function sendAfterPoll(call: Waiting): void {
  if (waiting.push(call) === 1) setImmediate(sendAll);
}

function sendAll(): void {
  const calls = waiting;
  waiting = [];
  for (const call of calls) call.send();
}
