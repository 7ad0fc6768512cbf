import { checkGateway, type Gateway as FuzzedGateway, Gateway } from './gateway/check.ts';
import { checkRequests } from './requests/check.ts';
import { generate as generateRequests } from './requests/generate.ts';
import { checkResponses } from './responses/check.ts';
import { generate as generateResponses } from './responses/generate.ts';
import type { Tally } from './tally.ts';

/** One way to fuzz. */
export interface Kind {
  /** What it needs to run; closed at the end of the run. */
  open(): Promise<Check>;
  /** What is made of a seed, for people. */
  show(seed: number): string;
}

/** Checks one seed. @throws AssertionError when something does not hold */
export interface Check extends AsyncDisposable {
  (seed: number, tally: Tally): Promise<void>;
}

function closing(check: (seed: number, tally: Tally) => Promise<void>, close: () => Promise<void>): Check {
  return Object.assign((seed: number, tally: Tally) => check(seed, tally), { [Symbol.asyncDispose]: close });
}

/** All ways, by name. */
export const kinds: Readonly<Record<'requests' | 'responses' | 'gateway', Kind>> = {
  /** What a client may send, read by the listener. */
  requests: {
    open: async () => closing(checkRequests, async () => {}),
    show: (seed) => JSON.stringify(generateRequests(seed)),
  },
  /** What an origin may send, read by src/upstream. */
  responses: {
    open: async () => closing(checkResponses, async () => {}),
    show: (seed) => JSON.stringify(generateResponses(seed), null, 1),
  },
  /** What an origin may send, as a client of the whole gateway gets it. */
  gateway: {
    async open() {
      const gateway: FuzzedGateway = await Gateway.start();
      return closing(
        (seed, tally) => checkGateway(seed, gateway, tally),
        () => gateway[Symbol.asyncDispose](),
      );
    },
    show: (seed) => JSON.stringify(generateResponses(seed), null, 1),
  },
};
