import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, installed, Program } from './processes.ts';

/** 100 bytes of JSON, as the small answer of the published comparisons. */
const SMALL = `{"id":1,"name":"sluice","text":"${'x'.repeat(100 - 35)}"}\n`.padEnd(100, ' ');

/** A fast origin, so that what is measured is the proxy: nginx with files and a fixed answer. */
export interface Origin {
  port: number;
  stop(): Promise<void>;
}

/** Starts the origin. @throws Error without nginx. */
export async function startOrigin(scratch: string): Promise<Origin> {
  if (!installed('nginx')) throw new Error('the benchmark needs nginx as its origin (apt-get install nginx-light)');
  const port = await freePort();
  const root = join(scratch, 'origin');
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, '64k'), Buffer.alloc(65_536, 'x'));
  writeFileSync(join(root, '10m'), Buffer.alloc(10_485_760, 'x'));
  const config = join(scratch, 'origin.conf');
  writeFileSync(
    config,
    `daemon off; user root; worker_processes 1; pid ${scratch}/origin.pid; error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; client_max_body_size 0;
  ${tempPaths(scratch, 'origin')}
  server {
    listen 127.0.0.1:${port} reuseport backlog=4096; root ${root};
    location = /64k {} location = /10m {}
    location / { default_type application/json; return 200 '${SMALL}'; }
  }
}`,
  );
  const program = new Program('origin', 'nginx', ['-c', config, '-p', scratch]);
  await program.listening(port);
  return { port, stop: () => program.stop() };
}

/** Where an nginx without a home of its own keeps its temporary files. */
export function tempPaths(scratch: string, name: string): string {
  return ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${scratch}/${name}-${kind};`)
    .join(' ');
}
