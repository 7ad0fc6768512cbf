import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CHROMIUM, newVisitor, startChromium } from '../../kit/chromium.ts';
import { eventually } from '../../kit/eventually.ts';
import { missing } from '../../kit/installed.ts';
import { Origin, type OriginConnection } from '../../kit/origin.ts';
import { SluiceProcess } from '../../kit/sluice-process.ts';

const PAGE = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<h1>page</h1>';
const STREAM =
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n';

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

describe('server-sent events in Chromium', { skip: missing(CHROMIUM), timeout: 60_000 }, () => {
  it('arrive one by one, and go on with the last one after the stream broke', async () => {
    const streams: { head: string; connection: OriginConnection }[] = [];
    await using origin = await Origin.start(async (connection) => {
      for (;;) {
        const head = await connection.head();
        if (head.startsWith('GET /events ')) streams.push({ head, connection });
        else connection.write(PAGE);
      }
    });
    await using running = await SluiceProcess.run(['--inline-routes', `* -> "${origin.url}"`]);
    const browser = await startChromium();
    try {
      const page = await (await newVisitor(browser)).newPage();
      const heard: string[] = [];
      await page.exposeFunction('tell', (event: string) => void heard.push(event));
      await page.goto(`http://localhost:${running.port}/`);
      await page.evaluate(`{
        const events = new EventSource('/events');
        for (const type of ['open', 'message', 'tick']) events.addEventListener(type, ({ data = '', lastEventId = '' }) => tell(type + ' ' + lastEventId + ' ' + data));
      }`);
      const stream = () => eventually('the stream to be asked for', () => streams.shift());
      const hear = (event: string) => eventually(event, () => heard.at(-1) === event);

      const first = await stream();
      assert.match(first.head, /\r\naccept: text\/event-stream\r\n/i);
      first.connection.write(`${STREAM}${chunk('retry: 50\n\n')}`);
      await hear('open  ');
      // None is sent before the one ahead of it was heard: whatever keeps one back on the way keeps the test.
      for (let id = 1; id <= 5; id++) {
        first.connection.write(chunk(`id: ${id}\nevent: tick\ndata: ${'x'.repeat(id)}\n\n`));
        await hear(`tick ${id} ${'x'.repeat(id)}`);
      }
      first.connection.reset();

      const second = await stream();
      assert.match(second.head, /\r\nlast-event-id: 5\r\n/i);
      second.connection.write(`${STREAM}${chunk('data: again\n\n')}`);
      await hear('message 5 again');
      assert.equal(heard.length, 8);
      await page.close();
      await second.connection.closed;
    } finally {
      await browser.close();
    }
  });
});
