// How many rows each citizen has in a table, one byte per citizen and a sum per thousand, so that a page in the middle
// of millions is found at once.

export interface Tally {
  set(index: number, count: number): void;
  /** One row less. */
  less(index: number): void;
  /** Rows of this citizen and all after. */
  from(index: number): number;
  /** Where the row stands that comes `skip` rows after the first one of `index`. */
  place(index: number, skip: number): { readonly index: number; readonly rest: number };
}

const block = 1000;

export const createTally = (citizens: number): Tally => {
  const counts = new Uint8Array(citizens);
  const sums = new Uint32Array(Math.ceil(citizens / block));
  const add = (index: number, change: number): void => {
    counts[index] = (counts[index] ?? 0) + change;
    const at = Math.floor(index / block);
    sums[at] = (sums[at] ?? 0) + change;
  };
  const wholeBlock = (index: number): number | undefined => (index % block === 0 ? sums[index / block] : undefined);
  return {
    set: (index, count) => add(index, count - (counts[index] ?? 0)),
    less: (index) => add(index, -1),
    from(index) {
      let total = 0;
      for (let at = index; at < citizens; ) {
        const sum = wholeBlock(at);
        total += sum ?? counts[at] ?? 0;
        at += sum === undefined ? 1 : block;
      }
      return total;
    },
    place(start, skip) {
      let index = start;
      let rest = skip;
      while (index < citizens) {
        const sum = wholeBlock(index);
        if (sum !== undefined && sum <= rest) {
          rest -= sum;
          index += block;
        } else if ((counts[index] ?? 0) <= rest) {
          rest -= counts[index] ?? 0;
          index += 1;
        } else return { index, rest };
      }
      return { index: citizens, rest };
    },
  };
};
