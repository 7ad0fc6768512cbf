/**
 * Origin and client of a gateway, in a process of their own so that the gateway's memory can be told from theirs.
 * `peer.ts origin BYTES` prints its port; `peer.ts client PORT` reads slowly and prints how much it got.
 */
import { connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';

const [role, argument] = process.argv.slice(2);
const CHUNK = Buffer.alloc(256 << 10, 'x');
/** How long the client reads nothing at all, and how often. */
const STALL_MS = 100;
const STALL_EVERY_BYTES = 128 << 20;

if (role === 'origin') serve(Number(argument));
else await read(Number(argument));

function serve(bytes: number): void {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`);
      let left = bytes;
      const flow = (): void => {
        for (let takes = true; takes && left > 0; left -= CHUNK.length) takes = socket.write(CHUNK);
        if (left <= 0) socket.end();
      };
      socket.on('drain', flow);
      flow();
    });
  });
  server.listen(0, '127.0.0.1', () => console.log((server.address() as { port: number }).port));
}

async function read(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  let bytes = 0;
  let stalls = 0;
  for await (const chunk of socket) {
    bytes += (chunk as Buffer).length;
    if (bytes < stalls * STALL_EVERY_BYTES) continue;
    stalls++;
    await setTimeout(STALL_MS);
  }
  console.log(bytes);
}
