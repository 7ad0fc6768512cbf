import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempPaths } from './origin.ts';
import { installed, Program } from './processes.ts';
import type { Setup } from './workloads.ts';

/** Where a peer listens, where it sends to, and where it may write its configuration. */
export interface PeerPlace {
  port: number;
  originPort: number;
  scratch: string;
  setup: Setup;
}

/** A proxy in the comparison. */
export interface Peer {
  name: string;
  /** Says whether it can run here at all, and in this setup. */
  available(setup: Setup): boolean;
  start(place: PeerPlace): Program;
}

const ROUTES = Array.from({ length: 1000 }, (_, index) => index);
const ROOT = join(import.meta.dirname, '..', '..');

/** The setup "five"; the other peers have the same rules in their own words. */
const FIVE_FILTERS = [
  'setRequestHeader("X-A", "1")',
  'appendRequestHeader("X-B", "2")',
  'dropRequestHeader("X-Drop")',
  'setResponseHeader("X-D", "4")',
  'dropResponseHeader("Server")',
].join(' -> ');

function eskip({ originPort, setup }: PeerPlace): string {
  const backend = `"http://127.0.0.1:${originPort}"`;
  if (setup === 'shunt') return `r: * -> inlineContent("ok") -> <shunt>;`;
  if (setup === 'bare') return `r: * -> ${backend};`;
  if (setup === 'five') return `r: * -> ${FIVE_FILTERS} -> ${backend};`;
  const filters = [
    'setRequestHeader("X-A", "1")',
    'setRequestHeader("X-B", "2")',
    'appendRequestHeader("X-C", "3")',
    'dropRequestHeader("X-Drop")',
    'setResponseHeader("X-D", "4")',
    'setResponseHeader("X-E", "5")',
    'appendResponseHeader("X-F", "6")',
    'dropResponseHeader("Server")',
    'dropResponseHeader("X-Drop")',
  ];
  return ROUTES.map(
    (n) => `r${n}: PathSubtree("/app${n}") -> setPath("/small") -> ${filters.join(' -> ')} -> ${backend};`,
  ).join('\n');
}

/** Sluice as it is published: `npm run bench` builds it first. */
function sluice(name: string, logged: boolean): Peer {
  return {
    name,
    available: () => true,
    start(place) {
      const routes = join(place.scratch, `${name}.eskip`);
      writeFileSync(routes, eskip(place));
      const log = logged ? ['--access-log', join(place.scratch, 'access.log')] : ['--access-log-disabled'];
      const args = [
        'run',
        '--address',
        `127.0.0.1:${place.port}`,
        '--support-listener',
        '127.0.0.1:0',
        '--workers',
        '1',
        '--routes-file',
        routes,
        ...log,
      ];
      // As `npm start` does.
      return new Program(name, process.execPath, ['--no-maglev', join(ROOT, 'dist', 'src', 'bin.js'), ...args]);
    },
  };
}

const nginx: Peer = {
  name: 'nginx',
  available: () => installed('nginx'),
  start({ port, originPort, scratch, setup }) {
    const headers = `proxy_set_header X-A 1; proxy_set_header X-B 2; proxy_set_header X-C 3; proxy_set_header X-Drop ""; proxy_hide_header X-Drop;
      add_header X-D 4; add_header X-E 5; add_header X-F 6; proxy_set_header Connection ""; proxy_pass http://origin/small;`;
    const five = `proxy_set_header X-A 1; proxy_set_header X-B 2; proxy_set_header X-Drop ""; add_header X-D 4; proxy_hide_header X-Server;`;
    const locations =
      setup === 'shunt'
        ? `location / { return 200 'ok'; }`
        : setup !== 'filters'
          ? `location / { proxy_pass http://origin; proxy_set_header Connection ""; ${setup === 'five' ? five : ''} }`
          : ROUTES.map((n) => `location /app${n}/ { ${headers} }`).join('\n');
    const config = join(scratch, 'nginx.conf');
    writeFileSync(
      config,
      `daemon off; worker_processes 1; pid ${scratch}/nginx.pid; error_log stderr crit;
events { worker_connections 8192; }
http {
  access_log ${scratch}/nginx-access.log combined buffer=16k flush=1s; keepalive_requests 1000000000; client_max_body_size 0;
  ${tempPaths(scratch, 'nginx')} proxy_http_version 1.1;
  upstream origin { server 127.0.0.1:${originPort}; keepalive 128; keepalive_requests 1000000000; }
  server { listen 127.0.0.1:${port} backlog=4096; ${locations} }
}`,
    );
    return new Program('nginx', 'nginx', ['-c', config, '-p', scratch]);
  },
};

const haproxy: Peer = {
  name: 'haproxy',
  available: (setup) => installed('haproxy') && setup !== 'filters',
  start({ port, originPort, scratch, setup }) {
    const config = join(scratch, 'haproxy.cfg');
    const five = `http-request set-header X-A 1\n  http-request add-header X-B 2\n  http-request del-header X-Drop
  http-response set-header X-D 4\n  http-response del-header Server\n  `;
    const rules =
      setup === 'shunt'
        ? 'http-request return status 200 content-type text/plain string ok'
        : `${setup === 'five' ? five : ''}default_backend origin`;
    writeFileSync(
      config,
      `global\n  nbthread 1\n  maxconn 4000\ndefaults\n  mode http\n  timeout client 60s\n  timeout server 60s\n  timeout connect 5s\n  http-reuse always
frontend in\n  bind 127.0.0.1:${port}\n  ${rules}\nbackend origin\n  server o 127.0.0.1:${originPort}\n`,
    );
    return new Program('haproxy', 'haproxy', ['-f', config, '-db']);
  },
};

const caddy: Peer = {
  name: 'caddy',
  available: (setup) => installed('caddy') && setup !== 'filters',
  start({ port, originPort, scratch, setup }) {
    const config = join(scratch, 'Caddyfile');
    const five = `{\n header_up X-A 1\n header_up +X-B 2\n header_up -X-Drop\n header_down X-D 4\n header_down -Server\n }`;
    const rule =
      setup === 'shunt' ? 'respond "ok"' : `reverse_proxy 127.0.0.1:${originPort} ${setup === 'five' ? five : ''}`;
    writeFileSync(config, `{\n  admin off\n  auto_https off\n}\nhttp://127.0.0.1:${port} {\n  ${rule}\n}\n`);
    return new Program('caddy', 'env', ['GOMAXPROCS=1', 'caddy', 'run', '--config', config, '--adapter', 'caddyfile']);
  },
};

/** Skipper, where the environment names its binary: SKIPPER_BINARY. */
const skipper: Peer = {
  name: 'skipper',
  available: () => process.env['SKIPPER_BINARY'] !== undefined,
  start(place) {
    const routes = join(place.scratch, 'skipper.eskip');
    writeFileSync(routes, eskip(place));
    const args = [
      '-address',
      `127.0.0.1:${place.port}`,
      '-support-listener',
      '',
      '-routes-file',
      routes,
      '-access-log',
      join(place.scratch, 'skipper.log'),
    ];
    return new Program('skipper', 'env', [
      'GOMAXPROCS=1',
      process.env['SKIPPER_BINARY'] as string,
      ...args,
      '-idle-conns-num',
      '128',
      '-close-idle-conns-period',
      '0s',
    ]);
  },
};

function nodePeer(name: string, script: string): Peer {
  return {
    name,
    available: (setup) => setup === 'bare',
    start: ({ port, originPort }) =>
      new Program(name, process.execPath, [join(import.meta.dirname, script), String(port), String(originPort)]),
  };
}

/** All peers; those that are not installed are left out of the run, loudly. */
export const PEERS: readonly Peer[] = [
  sluice('sluice', true),
  nginx,
  haproxy,
  caddy,
  skipper,
  nodePeer('http-proxy', 'peer-http-proxy.ts'),
  nodePeer('@fastify/http-proxy', 'peer-fastify.ts'),
];
