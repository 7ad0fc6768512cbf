// The npm package http-proxy as its README shows it, with connections kept alive.
import { Agent } from 'node:http';
import httpProxy from 'http-proxy';

const [port, originPort] = process.argv.slice(2).map(Number);
httpProxy
  .createProxyServer({
    target: `http://127.0.0.1:${originPort}`,
    agent: new Agent({ keepAlive: true, maxSockets: 256 }),
  })
  .on('error', () => {})
  .listen(port as number, '127.0.0.1');
