import { Session } from 'node:inspector';

/** A place in code. */
export interface CodePlace {
  /** The URL of the module, or the name of the script. */
  readonly url: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** Where a thread's code stands: the innermost call first. */
export type Whereabouts = readonly CodePlace[];

/** A thread that does not say where it is within this time, in ms, is in no code of ours to stop. */
const PATIENCE_MS = 1000;

interface Frame {
  location: { scriptId: string; lineNumber: number; columnNumber: number };
}

/** A thread at the debugger. */
interface Held {
  readonly where: Whereabouts;
  /** Lets it go; resolves when the debugger has. A thread that is held, or only attached to a debugger, does not end. */
  letGo(): Promise<void>;
}

/**
 * Asks the debugger of V8 where the code of another thread stands, innermost call first, which it tells also in the middle
 * of an endless loop; empty where there is no answer. The thread goes on then. Costs nothing before it is asked. Source:
 * the inspector's domain NodeWorker.
 */
export async function whereaboutsOf(threadId: number): Promise<Whereabouts> {
  const session = new Session();
  session.connect();
  const { where, letGo } = await hold(session, threadId);
  // The debugger is gone before anybody ends the thread: the two at once can end the process.
  await letGo();
  session.disconnect();
  return where;
}

function hold(session: Session, threadId: number): Promise<Held> {
  return new Promise((resolve) => {
    const urls = new Map<string, string>();
    let mine: string | null = null;
    let told = false;
    const send = (method: string): void => {
      if (mine === null) return;
      const message = JSON.stringify({ id: 1, method });
      session.post('NodeWorker.sendMessageToWorker', { sessionId: mine, message });
    };
    const letGo = (): Promise<void> =>
      new Promise((gone) => {
        if (mine === null) return gone();
        const late = setTimeout(gone, PATIENCE_MS);
        send('Debugger.resume');
        session.post('NodeWorker.detach', { sessionId: mine }, () => {
          clearTimeout(late);
          gone();
        });
      });
    const tell = (where: Whereabouts): void => {
      told = true;
      clearTimeout(late);
      resolve({ where, letGo });
    };
    const late = setTimeout(() => tell([]), PATIENCE_MS);
    session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
      if (!workerInfo.title.startsWith(`[worker ${threadId}]`)) return;
      mine = sessionId;
      send('Debugger.enable');
      send('Debugger.pause');
    });
    session.on('NodeWorker.receivedMessageFromWorker', ({ params: { sessionId, message } }) => {
      if (sessionId !== mine) return;
      const { method, params } = JSON.parse(message) as { method?: string; params: Record<string, unknown> };
      if (method === 'Debugger.scriptParsed') urls.set(String(params['scriptId']), String(params['url']));
      if (method !== 'Debugger.paused') return;
      if (told) void letGo();
      else tell(pathKeysOf(params['callFrames'] as Frame[], urls));
    });
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  });
}

function pathKeysOf(frames: readonly Frame[], urls: ReadonlyMap<string, string>): CodePlace[] {
  return frames.map(({ location: { scriptId, lineNumber, columnNumber } }) => ({
    url: urls.get(scriptId) ?? '',
    line: lineNumber + 1,
    column: columnNumber + 1,
  }));
}
