// Where passwords are checked: a thread of its own, since one check takes as long as thousands of requests.
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { PasswordCheck, PasswordVerdict } from './hashing-pool.ts';
import { verifyPassword } from './password-hash.ts';

/** Where the machine is busy this thread gets a third of what one with traffic gets: logins are late then, not lost. */
const NICENESS = 5;

// On Linux the number is one of the thread; elsewhere it would slow the whole process down.
if (process.platform === 'linux') setPriority(NICENESS);

parentPort?.on('message', ({ id, password, own, others }: PasswordCheck) => {
  const right = own !== null && verifyPassword(password, own);
  // What is refused costs one hash of each kind that there is, whoever was asked for.
  if (!right) for (const other of others) verifyPassword(password, other);
  parentPort?.postMessage({ id, right } satisfies PasswordVerdict);
});
