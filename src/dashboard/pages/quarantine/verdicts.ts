// What would become of the records in quarantine now. Trying them takes seconds where many wait, so an answer is kept for
// a minute and everybody who asks meanwhile waits for the same one.
import type { Clock } from '../../../clock.ts';
import type { Steering, Verdict } from '../../steering.ts';

export interface Judged {
  readonly at: Date;
  readonly verdicts: readonly Verdict[];
}

export interface Verdicts {
  /** Without waiting: what was found within the last minute. */
  latest(): Judged | undefined;
  read(): Promise<Judged>;
  /** What was found before that moment no longer holds; without one: what was found up to now. */
  forget(before?: Date): void;
}

const keptMs = 60_000;

interface Begun<T> {
  /** A count is of what was there when it began. */
  readonly begun: Date;
  readonly found: T;
}

export const createVerdicts = (steering: Pick<Steering, 'verdicts'>, clock: Clock): Verdicts => {
  let kept: Begun<Judged> | undefined;
  let asked: Begun<Promise<Judged>> | undefined;
  const latest = (): Judged | undefined =>
    kept !== undefined && clock.now().getTime() - kept.found.at.getTime() < keptMs ? kept.found : undefined;
  const judge = async (): Promise<Judged> => ({ verdicts: await steering.verdicts(), at: clock.now() });
  return {
    latest,
    async read() {
      const known = latest();
      if (known !== undefined) return known;
      asked ??= { begun: clock.now(), found: judge() };
      const mine = asked;
      try {
        const judged = await mine.found;
        if (asked === mine) kept = { begun: mine.begun, found: judged };
        return judged;
      } finally {
        if (asked === mine) asked = undefined;
      }
    },
    forget(before) {
      const holds = (one: Begun<unknown> | undefined): boolean =>
        one !== undefined && before !== undefined && one.begun > before;
      if (!holds(kept)) kept = undefined;
      if (!holds(asked)) asked = undefined;
    },
  };
};
