import assert from 'node:assert/strict';
import { type Answer, readAnswers } from '../kit/answers.ts';
import { Client } from '../wire/kit.ts';

/** The route that a probe meets, besides the one under test. */
export const PROBE_ROUTE = 'probe: Path("/probe") -> inlineContent("probe") -> <shunt>;';

/** One client connection on which a request is made and, behind it, a probe. */
export class Conversation {
  readonly client: Client;
  readonly #method: string;

  private constructor(client: Client, method: string) {
    this.client = client;
    this.#method = method;
  }

  /** Connects and sends `request` (bytes) of that method, and right behind it the probe. */
  static async open(port: number, request: string, method = 'GET'): Promise<Conversation> {
    const client = await Client.open(port);
    client.write(request);
    client.write('GET /probe HTTP/1.1\r\nHost: a\r\n\r\n');
    return new Conversation(client, method);
  }

  /** The answers so far, without interim ones. */
  get answers(): Answer[] {
    const { received, wasReset, isClosed } = this.client;
    const ending = wasReset ? 'reset' : isClosed ? 'end' : 'open';
    return readAnswers(received, [this.#method, 'GET'], ending).filter(({ status }) => status >= 200);
  }

  /** Resolves to what the request got: its status, or "cut"; and checks that the probe got its own answer or none. */
  async outcome(): Promise<number | 'cut'> {
    const { client } = this;
    while (!client.isClosed && this.answers.filter(({ isWhole }) => isWhole).length < 2)
      await new Promise((resolve) => setImmediate(resolve));
    client.end();
    await client.closed;
    client.destroy();
    const [first, second] = this.answers;
    if (first === undefined || !first.isWhole) {
      assert.equal(second, undefined, 'there is something behind an answer that was cut');
      return 'cut';
    }
    if (!first.endsConnection) assert.deepEqual([second?.status, second?.content], [200, 'probe']);
    return first.status;
  }
}
