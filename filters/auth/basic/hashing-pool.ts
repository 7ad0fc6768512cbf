import { Worker } from 'node:worker_threads';

/** What the thread that hashes is asked. */
export interface PasswordCheck {
  readonly id: number;
  readonly password: string;
  /** The hash of the user's password; null for a user that there is not. */
  readonly own: string | null;
  /** Hashes that are computed too when the password is wrong, so that the time does not tell who exists. */
  readonly others: readonly string[];
}

/** What it answers. */
export interface PasswordVerdict {
  readonly id: number;
  readonly right: boolean;
}

/** How many checks may be under way or wait: of one client, and of all. Per data thread. */
export interface HashingBounds {
  readonly perClient: number;
  readonly all: number;
}

/** Beyond which bound a check would be; it is not made then. */
export type Busy = 'client' | 'all';

interface Job {
  readonly check: PasswordCheck;
  readonly client: string;
  resolve(right: boolean): void;
  reject(error: Error): void;
}

/** Enough for the requests that a page sends at once, and some people behind one address. */
export const HASHING_BOUNDS: HashingBounds = { perClient: 8, all: 64 };

/**
 * Checks passwords in a thread of its own, one after the other, the clients in turn: one that tries many passwords
 * waits for itself. The thread starts with the first check and ends with the last holder. One pool per data thread.
 */
export class HashingPool {
  readonly #bounds: HashingBounds;
  /** Jobs that wait, by client; the client whose turn it is comes first. */
  readonly #waiting = new Map<string, Job[]>();
  /** Jobs under way or waiting, by client. */
  readonly #counts = new Map<string, number>();
  #count = 0;
  #running: Job | null = null;
  #worker: Worker | null = null;
  #nextId = 0;
  #holders = 0;

  constructor(bounds: HashingBounds = HASHING_BOUNDS) {
    this.#bounds = bounds;
  }

  /** Holds the pool until `release`. */
  retain(): void {
    this.#holders++;
  }

  /** Lets the pool go; with the last holder its thread ends. */
  release(): void {
    this.#holders--;
    if (this.#running === null) this.#rest();
  }

  /** Has a password checked; rejects when the thread dies over it. Says which bound there is when there is no room. */
  check(client: string, check: Omit<PasswordCheck, 'id'>): Promise<boolean> | Busy {
    const count = this.#counts.get(client) ?? 0;
    if (count >= this.#bounds.perClient) return 'client';
    if (this.#count >= this.#bounds.all) return 'all';
    this.#counts.set(client, count + 1);
    this.#count++;
    return new Promise((resolve, reject) => {
      const job: Job = { check: { id: this.#nextId++, ...check }, client, resolve, reject };
      const jobs = this.#waiting.get(client);
      if (jobs === undefined) this.#waiting.set(client, [job]);
      else jobs.push(job);
      this.#next();
    });
  }

  #next(): void {
    if (this.#running !== null) return;
    this.#running = this.#take();
    if (this.#running === null) this.#rest();
    else {
      this.#worker ??= this.#start();
      this.#worker.ref();
      this.#worker.postMessage(this.#running.check);
    }
  }

  /** Nothing is to be done: the thread keeps nobody from ending, and goes when nobody holds the pool. */
  #rest(): void {
    this.#worker?.unref();
    if (this.#holders > 0) return;
    void this.#worker?.terminate();
    this.#worker = null;
  }

  /** The job whose turn it is; its client goes to the end of the line. */
  #take(): Job | null {
    for (const [client, jobs] of this.#waiting) {
      const job = jobs.shift() as Job;
      this.#waiting.delete(client);
      if (jobs.length > 0) this.#waiting.set(client, jobs);
      return job;
    }
    return null;
  }

  #start(): Worker {
    const file = import.meta.url.endsWith('.ts') ? './hashing-thread.ts' : './hashing-thread.js';
    const worker = new Worker(new URL(file, import.meta.url), { name: 'sluice-passwords' });
    worker.on('message', ({ right }: PasswordVerdict) => this.#settle((job) => job.resolve(right)));
    const failed = (cause?: unknown): void => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      this.#settle((job) => job.reject(new Error('the thread that checks passwords ended', { cause })));
    };
    worker.on('error', failed).on('exit', () => failed());
    return worker;
  }

  /** Ends the job under way, if there is one, and goes on with the next. */
  #settle(end: (job: Job) => void): void {
    const job = this.#running;
    if (job === null) return;
    this.#running = null;
    this.#count--;
    const left = (this.#counts.get(job.client) as number) - 1;
    if (left > 0) this.#counts.set(job.client, left);
    else this.#counts.delete(job.client);
    end(job);
    this.#next();
  }
}

/** That of all routes of this thread. */
export const passwordChecks = new HashingPool();
