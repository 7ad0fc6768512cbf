import { setTimeout } from 'node:timers/promises';
import { KeepAliveClient, type Reply } from './keep-alive-client.ts';

/** One thing that is asked again and again. */
export interface SteadyAsk {
  readonly path: string;
  /** Says whether the answer is right. */
  isRight(reply: Reply): boolean;
}

/** Connections, enough that each of two data threads has some. */
const CLIENTS = 8;

/** Clients on connections that are kept, which ask without a pause until stopped, on new ones where the server ends one, and note what went wrong. */
export class SteadyTraffic {
  /** Answers so far. */
  answered = 0;
  /** Failed, torn and wrong answers, ten at most and the breaks of connections. */
  readonly wrong: string[] = [];
  readonly #clients: Promise<void>[];
  #over = false;

  constructor(port: number, asks: readonly SteadyAsk[]) {
    this.#clients = Array.from({ length: CLIENTS }, (_, at) => this.#ask(port, asks, at));
  }

  /** Stops asking; resolves to what went wrong when the last answers are there. */
  async stop(): Promise<readonly string[]> {
    this.#over = true;
    await Promise.all(this.#clients);
    return this.wrong;
  }

  async #ask(port: number, asks: readonly SteadyAsk[], first: number): Promise<void> {
    let client = new KeepAliveClient(port);
    try {
      for (let at = first; !this.#over; at++) {
        const { path, isRight } = asks[at % asks.length] as SteadyAsk;
        const reply = await client.get(path);
        if (!isRight(reply) && this.wrong.length < 10) this.wrong.push(`${path}: ${reply.status} ${reply.body}`);
        this.answered++;
        if (reply.isLast) {
          client.close();
          client = new KeepAliveClient(port);
        }
        // The gateway under test shares the machine with this.
        await setTimeout(2);
      }
    } catch (error) {
      this.wrong.push((error as Error).message);
    } finally {
      client.close();
    }
  }
}
