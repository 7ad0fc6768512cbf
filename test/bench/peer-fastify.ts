// The npm package @fastify/http-proxy as its README shows it.
import proxy from '@fastify/http-proxy';
import fastify from 'fastify';

const [port, originPort] = process.argv.slice(2).map(Number);
const server = fastify({ logger: false });
await server.register(proxy, { upstream: `http://127.0.0.1:${originPort}`, undici: { connections: 256 } });
await server.listen({ port: port as number, host: '127.0.0.1' });
