// Where passwords are checked: a thread of its own, since one check takes as long as thousands of requests.
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { PasswordCheck, PasswordVerdict } from './hashing-pool.ts';
import { verifyPassword } from './password-hash.ts';

/** How much later than the threads with the traffic this one gets its turn; 19 would be the last of all. */
const NICENESS = 10;

// On Linux the number is one of the thread; elsewhere it would slow the whole process down.
if (process.platform === 'linux') setPriority(NICENESS);

parentPort?.on('message', ({ id, password, own, others }: PasswordCheck) => {
  const right = own !== null && verifyPassword(password, own);
  // What is refused costs one hash of each kind that there is, whoever was asked for.
  if (!right) for (const other of others) verifyPassword(password, other);
  parentPort?.postMessage({ id, right } satisfies PasswordVerdict);
});
