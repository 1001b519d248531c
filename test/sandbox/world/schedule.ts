// Periods, states and meetings that hang together: what has ended is completed, what lies ahead is planned, and meetings
// fall on workdays inside office hours.
import { instantAt, plusDays, plusMinutes, workday } from './days.ts';
import type { Random } from './random.ts';
import type { Meeting, Period, Status } from './types.ts';

/** A period of some weeks that begins within a year before and two months after today. */
export const periodOf = (random: Random, today: string, weeks: number): Required<Period> => {
  const start = workday(plusDays(today, random.int(-300, 60)));
  return { start, end: plusDays(start, weeks * 7 - 3) };
};

export const openPeriod = (random: Random, today: string, daysBack: number): Period => ({
  start: workday(plusDays(today, -random.int(14, daysBack))),
});

export const statusOf = (period: Period, today: string): Status =>
  period.start > today ? 'planned' : period.end !== undefined && period.end < today ? 'completed' : 'active';

export interface MeetingKind {
  readonly title: string;
  readonly minutes: number;
  readonly format: Meeting['format'];
  readonly location?: string;
  readonly agenda?: readonly string[];
}

const times = [
  '08:30',
  '09:00',
  '09:30',
  '10:00',
  '10:30',
  '11:00',
  '12:30',
  '13:00',
  '13:30',
  '14:00',
  '14:30',
] as const;

/** A start of a meeting, within ten weeks around today, `from` and `to` in days. */
export const slotOf = (random: Random, today: string, from: number, to: number): string =>
  instantAt(workday(plusDays(today, random.int(from, to))), random.pick(times));

export const meetingOf = (
  id: string,
  kind: MeetingKind,
  start: string,
  today: string,
  participants: Meeting['participants'],
): Meeting => ({
  id,
  title: kind.title,
  start,
  end: plusMinutes(start, kind.minutes),
  format: kind.format,
  ...(kind.location === undefined ? {} : { location: kind.location }),
  status: start < `${today}T00` ? 'completed' : 'planned',
  participants,
  ...(kind.agenda ? { agenda: kind.agenda } : {}),
});
