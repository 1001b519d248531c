// Entries of the log as somebody reads them: what was one look (the feed says which) under one line, told by what showed
// most; every entry stays there to open.
import { whatOf } from './log-words.ts';

interface Told {
  readonly occasion: string;
  readonly endpoint: string;
  readonly decision: string;
  readonly citizen?: string;
  readonly records: readonly string[];
}

export interface Look<E> {
  /** What showed most; of several the first. */
  readonly main: E;
  /** Oldest first. */
  readonly entries: readonly E[];
  readonly what: string;
  /** How the rest of the look is said: parts of the plan that was opened, or just more. */
  readonly rest: 'parts' | 'more' | undefined;
  /** Citizens it was about. */
  readonly citizens: number;
  readonly records: number;
  readonly decision: string;
}

/** @param entries newest first */
export const looksOf = <E extends Told>(entries: readonly E[]): readonly Look<E>[] =>
  [...Map.groupBy(entries, ({ occasion }) => occasion).values()].map((own) => {
    const ordered = own.toReversed();
    const main = ordered.reduce((most, one) => (one.records.length > most.records.length ? one : most));
    const what = whatOf(main.endpoint);
    const others = ordered.filter((one) => one !== main).map(({ endpoint }) => whatOf(endpoint));
    const citizens = new Set(ordered.flatMap(({ citizen = [] }) => citizen)).size;
    const parts = what === 'plan' && citizens === 1 && !others.includes('plan');
    return {
      main,
      entries: ordered,
      what,
      rest: others.length === 0 || citizens > 1 ? undefined : parts ? 'parts' : 'more',
      citizens,
      records: new Set(ordered.flatMap(({ records }) => records)).size,
      decision: ordered.some(({ decision }) => decision === 'partly') ? 'partly' : main.decision,
    };
  });
