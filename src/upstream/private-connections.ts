import type { ClientConnection, HeaderList } from '../http/index.ts';
import type { Backend, Target } from './backend.ts';
import type { Connection } from './http1/connection.ts';

/**
 * Connections to origins that belong to one client's connection: an origin that speaks NTLM or Negotiate takes all that
 * comes on a connection for the words of the user who logged in on it (RFC 4559 §6, MS-NTHT §1.3).
 */
const owned = new WeakMap<ClientConnection, Set<Connection>>();

/** A scheme that authenticates connections, among challenges or credentials; in a quoted string it does no harm. */
const SCHEME = /(?:^|,)[ \t]*(?:ntlm|negotiate)(?![\w-])/i;

/** Says whether the request authenticates the connection that it is sent on. */
export function authenticatesConnection(headers: HeaderList): boolean {
  const credentials = headers.joined('Authorization');
  return credentials !== null && SCHEME.test(credentials);
}

/**
 * Says whether an answer asks for the connection to be authenticated. What a 407 asks for is never passed on, and who knows
 * what came of it.
 */
export function asksForConnection(status: number, headers: HeaderList): boolean {
  if (status === 407) return true;
  return status === 401 && SCHEME.test(headers.joined('WWW-Authenticate') ?? '');
}

/** So many a client's connection may have; no browser logs in to more servers through one. */
const MAX_OWNED = 32;

/** Makes `connection` the client's own, and ends it with the client's; false: the client has too many. */
export function own(client: ClientConnection, connection: Connection): boolean {
  let connections = owned.get(client);
  if (connections === undefined) owned.set(client, (connections = new Set()));
  if (connections.size >= MAX_OWNED) return false;
  connections.add(connection);
  client.tie(connection.end);
  return true;
}

/** The connection is over. */
export function disown(client: ClientConnection, connection: Connection): void {
  owned.get(client)?.delete(connection);
  client.untie(connection.end);
}

/** The client's own idle connection to one of the backend's endpoints, whatever the balancer would say; null: it has none. */
export function ownConnection(
  client: ClientConnection | null,
  backend: Backend,
): { target: Target; connection: Connection } | null {
  if (client?.hasTies !== true) return null;
  for (const connection of owned.get(client) ?? []) {
    const target = connection.user === null ? backend.targetOf(connection.pool) : null;
    if (target !== null) return { target, connection };
  }
  return null;
}
