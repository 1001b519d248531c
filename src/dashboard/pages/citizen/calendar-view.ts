// The calendar as people read it: meetings and busy time by Copenhagen day, and a month as weeks from Monday to Sunday.
import { copenhagenDay, copenhagenInstant } from '../../../clock.ts';
import type { Content } from '../../../model/kinds.ts';

export type ShownMeeting = Content<'appointment'> & {
  readonly records: readonly { readonly id: string; readonly source: string; readonly journalUrl?: string }[];
};
export interface Busy {
  readonly start: string;
  readonly end: string;
}

export interface DayView {
  readonly day: string;
  readonly meetings: readonly ShownMeeting[];
  readonly busy: readonly BusyView[];
}

export interface BusyView extends Busy {
  /** From midnight to midnight here. */
  readonly allDay: boolean;
  /** The day it ends on. */
  readonly endsOn: string;
}

const busyView = (one: Busy): BusyView => {
  const [start, end] = [new Date(one.start), new Date(one.end)];
  const [from, to] = [copenhagenDay(start), copenhagenDay(end)];
  const isMidnight = (at: Date, day: string): boolean => copenhagenInstant(day).getTime() === at.getTime();
  return { ...one, allDay: to > from && isMidnight(start, from) && isMidnight(end, to), endsOn: to };
};

const dayMs = 86_400_000;
const noon = (day: string): number => Date.parse(`${day}T12:00:00Z`);
const dayAfter = (day: string, days: number): string => new Date(noon(day) + days * dayMs).toISOString().slice(0, 10);

/** Days with something on them, each once. What goes on for days stands on the day it begins. */
export const daysOf = (meetings: readonly ShownMeeting[], busy: readonly Busy[]): readonly DayView[] => {
  const met = Map.groupBy(meetings, ({ start }) => copenhagenDay(new Date(start)));
  const taken = Map.groupBy(busy, ({ start }) => copenhagenDay(new Date(start)));
  return [...new Set([...met.keys(), ...taken.keys()])]
    .sort()
    .map((day) => ({ day, meetings: met.get(day) ?? [], busy: (taken.get(day) ?? []).map(busyView) }));
};

export interface Month {
  /** `2026-11` */
  readonly name: string;
  readonly first: string;
  readonly last: string;
  readonly before: string;
  readonly after: string;
  readonly weeks: readonly (readonly { readonly day: string; readonly inside: boolean }[])[];
}

export const monthOf = (name: string): Month => {
  const first = `${name}-01`;
  const after = dayAfter(first, 31).slice(0, 7);
  const last = dayAfter(`${after}-01`, -1);
  // Sunday is 0 to Date and the last day of the week here.
  const monday = dayAfter(first, -((new Date(noon(first)).getUTCDay() + 6) % 7));
  const count = Math.ceil(((noon(last) - noon(monday)) / dayMs + 1) / 7);
  const weeks = Array.from({ length: count }, (_, week) =>
    Array.from({ length: 7 }, (__, at) => {
      const day = dayAfter(monday, week * 7 + at);
      return { day, inside: day.startsWith(name) };
    }),
  );
  return { name, first, last, before: dayAfter(first, -1).slice(0, 7), after, weeks };
};
