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
  /** What was found no longer holds. */
  forget(): void;
}

const keptMs = 60_000;

export const createVerdicts = (steering: Pick<Steering, 'verdicts'>, clock: Clock): Verdicts => {
  let kept: Judged | undefined;
  let asked: Promise<Judged> | undefined;
  const latest = (): Judged | undefined =>
    kept !== undefined && clock.now().getTime() - kept.at.getTime() < keptMs ? kept : undefined;
  const judge = async (): Promise<Judged> => ({ verdicts: await steering.verdicts(), at: clock.now() });
  return {
    latest,
    async read() {
      const known = latest();
      if (known !== undefined) return known;
      const mine = asked ?? judge();
      asked = mine;
      try {
        const judged = await mine;
        if (asked === mine) kept = judged;
        return judged;
      } finally {
        if (asked === mine) asked = undefined;
      }
    },
    forget() {
      kept = undefined;
      asked = undefined;
    },
  };
};
