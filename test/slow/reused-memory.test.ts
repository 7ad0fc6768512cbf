import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { eventually } from '../kit/eventually.ts';
import { startTestProxy } from '../kit/proxy.ts';

const DOWNLOADS = 30;
const PIECE_BYTES = 50_000;
/** How long a slow reader leaves what came alone: what no socket holds any more waits in the proxy. */
const PAUSE_MS = 300;
const LARGE_BYTES = 24 << 20;
const ABORT_BEHIND_BYTES = 200_000;

/** Octets that tell whose they are and where they belong: words of a download's number and the word's place. */
function pattern(download: number, sizeBytes: number): Buffer {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4));
  for (let at = 0; at < words.length; at++) words[at] = (download << 24) | at;
  return Buffer.from(words.buffer, 0, sizeBytes);
}

function sizeOf(download: number): number {
  if (mannerOf(download) === 'slow') return LARGE_BYTES + download;
  return 30_000 + ((download * 7919) % 90) * 10_007;
}

type Manner = 'fast' | 'slow' | 'leaves';

function mannerOf(download: number): Manner {
  return (['fast', 'slow', 'fast', 'leaves', 'fast', 'fast'] as const)[download % 6] as Manner;
}

/** Reads the answer for a download; null when the reader left before its end. */
function read(port: number, download: number): Promise<Buffer | null> {
  const path = `/${download % 3 === 0 ? 'packed' : 'plain'}/${download}`;
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, path, agent: false, headers: { 'Accept-Encoding': 'gzip' } });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming: IncomingMessage) => gather(incoming, mannerOf(download)).then(resolve, reject));
    outgoing.end();
  });
}

async function gather(incoming: IncomingMessage, manner: Manner): Promise<Buffer | null> {
  const content =
    incoming.headers['content-encoding'] === 'gzip'
      ? incoming.pipe(createGunzip())
      : (incoming as AsyncIterable<Buffer>);
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (manner === 'slow') await setTimeout(PAUSE_MS);
  for await (const chunk of content) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (manner === 'leaves' && bytes > ABORT_BEHIND_BYTES) return null;
  }
  return Buffer.concat(chunks);
}

test('memory that downloads share never mixes them, whatever their readers do', async () => {
  const origin = createServer((incoming, outgoing) => {
    const content = pattern(Number(incoming.url?.split('/')[2]), sizeOf(Number(incoming.url?.split('/')[2])));
    outgoing.on('error', () => {});
    outgoing.setHeader('Content-Type', 'text/plain');
    if (Number(incoming.url?.split('/')[2]) % 2 === 0) outgoing.setHeader('Content-Length', content.length);
    for (let at = 0; at < content.length; at += PIECE_BYTES) outgoing.write(content.subarray(at, at + PIECE_BYTES));
    outgoing.end();
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  const proxy = await startTestProxy(
    `packed: PathSubtree("/packed") -> compress() -> "${base}"; plain: PathSubtree("/plain") -> "${base}";`,
  );
  try {
    await Promise.all(
      Array.from({ length: DOWNLOADS }, async (_, at) => {
        const download = at + 1;
        // By then what slow readers have not taken waits.
        if (mannerOf(download) !== 'slow') await setTimeout(PAUSE_MS / 2);
        const content = await read(proxy.port, download);
        if (content === null) return;
        assert.ok(content.equals(pattern(download, sizeOf(download))), `download ${download} came as it was sent`);
      }),
    );
    await eventually('no exchange is left', () => proxy.listener.activeRequests === 0);
  } finally {
    await proxy.close();
    origin.closeAllConnections();
    origin.close();
  }
});
