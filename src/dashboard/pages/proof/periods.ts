// Days as one asks for them: today, yesterday, each of the days before by its weekday, the last seven and thirty.
import { copenhagenDay, daysAfter } from '../../../clock.ts';

export interface Period {
  /** Word under `log.period`; absent: the day itself, by weekday and date. */
  readonly key?: 'today' | 'yesterday' | 'week' | 'month';
  readonly from: string;
  /** The last day, included. */
  readonly to: string;
}

/** Through the same weekday last week: “last Tuesday” is always one of them. */
export const quickPeriods = (now: Date): readonly Period[] => {
  const today = copenhagenDay(now);
  const back = (count: number): string => daysAfter(today, -count);
  return [
    { key: 'today', from: today, to: today },
    { key: 'yesterday', from: back(1), to: back(1) },
    ...[2, 3, 4, 5, 6, 7].map((count) => ({ from: back(count), to: back(count) })),
    { key: 'week', from: back(6), to: today },
    { key: 'month', from: back(29), to: today },
  ];
};
