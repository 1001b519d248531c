// Faults of the FHIR stub, switchable while it runs: what real servers do on bad days.

export type FaultMode =
  | 'none'
  | 'down' // connections are cut
  | 'timeout' // never answers
  | 'error-500'
  | 'rate-limit' // 429 with Retry-After
  | 'garbage' // says JSON, sends something else
  | 'half-page' // cuts the answer in the middle
  | 'forbidden'
  | 'unauthorised'
  | 'expired-pages'; // every page token is gone (410)

export interface Fault {
  readonly mode: FaultMode;
  /** Only every n-th request fails; default every one. */
  readonly everyNth?: number;
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
      count += 1;
      return count % (fault.everyNth ?? 1) === 0 ? fault.mode : 'none';
    },
  };
};
