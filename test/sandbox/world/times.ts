// When a source system says that a citizen's records were last changed, before the sandbox runs: spread over the thirty
// days before today in order of index, so that "changed since" names a place in the municipality and needs no list.

const span = 30 * 86_400_000;

export interface Times {
  /** Milliseconds since 1970. */
  of(index: number): number;
  /** First index whose records were changed at or after an instant; the number of citizens when none. */
  firstFrom(at: number): number;
}

export const createTimes = (citizens: number, today: string): Times => {
  const start = Date.parse(`${today}T00:00:00Z`) - span;
  const of = (index: number): number => start + Math.floor((index * span) / citizens);
  return {
    of,
    firstFrom(at) {
      if (at <= start) return 0;
      let index = Math.max(0, Math.min(citizens, Math.floor(((at - start) * citizens) / span) - 1));
      while (index < citizens && of(index) < at) index += 1;
      return index;
    },
  };
};
