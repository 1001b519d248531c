// Faults of the Momentum stub, switchable while it runs: what the real product is seen to do on bad days.

export type FaultMode =
  | 'none'
  | 'down' // connections are cut
  | 'timeout' // never answers
  | 'error-500'
  | 'error-504' // the gateway gives up; comes in bursts
  | 'rate-limit' // 429 with Retry-After
  | 'garbage' // says JSON, sends something else
  | 'half-page' // fewer rows than it counts
  | 'unauthorised' // tokens are revoked
  | 'forbidden';

export interface Fault {
  readonly mode: FaultMode;
  /** Only requests that start a round of n fail; default every one. */
  readonly everyNth?: number;
  /** How many in a row fail in each round; default 1. */
  readonly burst?: number;
}

export interface FaultSwitch {
  set(fault: Fault): void;
  /** The mode this request meets. */
  next(): FaultMode;
}

export const createFaultSwitch = (): FaultSwitch => {
  let fault: Fault = { mode: 'none' };
  let count = 0;
  return {
    set(next) {
      fault = next;
      count = 0;
    },
    next() {
      const place = count % (fault.everyNth ?? 1);
      count += 1;
      return place < (fault.burst ?? 1) ? fault.mode : 'none';
    },
  };
};
