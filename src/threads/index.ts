/*
 * Control thread and data threads: the messages between them, the supervisor that starts, replaces and drains data
 * threads, and the receiver that has generations made in one of them.
 * May import: src/routing, src/reload (types, drop-ins), node:worker_threads.
 * Invariant: all serving threads switch to a generation only when every one of them has it prepared.
 */
export { KillLedger } from './kill-ledger.ts';
export type { ThreadPort, ToMain, ToThread } from './protocol.ts';
export { guardThread, serveThread, type ThreadSeat } from './receiver.ts';
export { Supervisor } from './supervisor.ts';
export type { SupervisorEvent, SupervisorOptions, ThreadMetrics, ThreadState } from './supervisor-options.ts';
export type { SpawnedThread, ThreadEnd } from './thread-link.ts';
export type { ThreadParts } from './thread-parts.ts';
export { takeSeat, WorkerThread } from './worker-thread.ts';
