import { createServer } from 'node:net';
import type { ListenerOptions } from './options.ts';

/** Where to listen. */
export type Place = Pick<ListenerOptions, 'host' | 'port'>;

/** What the system says when an address cannot be listened on, for people. Others speak for themselves. */
const WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'somebody listens there already',
  EACCES: 'this user may not listen there; ports below 1024 take root, or CAP_NET_BIND_SERVICE',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'the name is not known',
};

/**
 * Makes sure that nobody listens at `place`, those included that would share it (SO_REUSEPORT): by listening there for a
 * moment. Not for places that are meant to be shared, whose clients would come here.
 * @throws the error of the system, with a message for people
 */
export function checkFree(place: Place): Promise<void> {
  const { host, port } = place;
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, place)));
    server.listen({ port, exclusive: true, ...(host === undefined ? {} : { host }) }, () =>
      server.close(() => resolve()),
    );
  });
}

/** An error of listening at `place`, with a message for people and the system's code. */
export function listenError(error: Error, { host, port }: Place): Error {
  const { code = '' } = error as NodeJS.ErrnoException;
  const where = `${host?.includes(':') ? `[${host}]` : (host ?? '')}:${port}`;
  const message = `cannot listen on ${where}: ${WORDS[code] ?? error.message}`;
  return Object.assign(new Error(message, { cause: error }), { code });
}
