// Appointments as meetings: what two systems hold about the same meeting becomes one, with both sources named. The same
// time is not enough, since that may be a double booking: the title, the organiser or another participant must agree.
import type { z } from 'zod';
import { type appointment, kinds } from '../model/kinds.ts';

type Content = z.infer<typeof appointment>;

/** An appointment as the plan has it. */
export interface Appointment extends Content {
  readonly id: string;
  readonly source: string;
  readonly domain: string;
  readonly observedAt: string;
  readonly sourceUpdatedAt?: string;
  readonly journalUrl?: string;
}

export interface MeetingRecord {
  readonly id: string;
  readonly source: string;
  readonly domain: string;
  readonly journalUrl?: string;
}

export interface Meeting extends Content {
  readonly records: readonly MeetingRecord[];
  /** Newest of its records. */
  readonly observedAt: string;
}

export interface Busy {
  readonly start: string;
  readonly end: string;
}

/** How long something lasts whose end the source does not say. */
const defaultMs = 3_600_000;
const dayMs = 86_400_000;

export const endOf = (one: Pick<Content, 'start' | 'end' | 'allDay'>): number =>
  one.end === undefined ? Date.parse(one.start) + (one.allDay === true ? dayMs : defaultMs) : Date.parse(one.end);

const plain = (text: string | undefined): string =>
  (text ?? '')
    .normalize('NFKC')
    .toLocaleLowerCase('da')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const peopleOf = (one: Appointment): ReadonlySet<string> =>
  new Set(
    [one.organiser, ...(one.participants ?? []).filter(({ role }) => plain(role) !== 'borger').map(({ name }) => name)]
      .map(plain)
      .filter((name) => name !== ''),
  );

/** Two records of one meeting: other systems, same time, and something else that agrees. */
export const sameMeeting = (a: Appointment, b: Appointment): boolean => {
  if (a.source === b.source || Date.parse(a.start) !== Date.parse(b.start)) return false;
  if ((a.allDay ?? false) !== (b.allDay ?? false)) return false;
  if (a.end !== undefined && b.end !== undefined && Date.parse(a.end) !== Date.parse(b.end)) return false;
  return plain(a.title) === plain(b.title) || [...peopleOf(a)].some((name) => peopleOf(b).has(name));
};

const called = (status: Content['status']): boolean => status === 'cancelled';

/** The first in order says what it is; the others fill in what it leaves open. Cancelled only when all say so. */
const joined = (group: readonly [Appointment, ...Appointment[]]): Meeting => {
  const [first] = group;
  const standing = group.find((one) => !called(one.status)) ?? first;
  const filled = Object.assign({}, ...group.toReversed(), standing) as Appointment;
  // Whoever is protected has no name here; nobody is taken for somebody else.
  const people = new Map(
    group
      .flatMap((one) => one.participants ?? [])
      .map((participant, n) => [plain(participant.name) || `${n}`, participant]),
  );
  const content = Object.fromEntries(
    Object.keys(kinds.appointment.shape).flatMap((name) => {
      const value = filled[name as keyof Content];
      return value === undefined ? [] : [[name, value]];
    }),
  ) as Content;
  return {
    ...content,
    ...(people.size === 0 ? {} : { participants: [...people.values()] }),
    records: group.map((one) => ({
      id: one.id,
      source: one.source,
      domain: one.domain,
      ...(one.journalUrl === undefined ? {} : { journalUrl: one.journalUrl }),
    })),
    observedAt:
      group
        .map((one) => one.observedAt)
        .sort()
        .at(-1) ?? first.observedAt,
  };
};

/** Meetings in order of time. @param order sources as they are preferred; others follow by name. */
export const meetingsOf = (appointments: readonly Appointment[], order: readonly string[]): readonly Meeting[] => {
  const rank = (source: string): number => (order.includes(source) ? order.indexOf(source) : order.length);
  const sorted = appointments.toSorted(
    (a, b) =>
      Date.parse(a.start) - Date.parse(b.start) ||
      rank(a.source) - rank(b.source) ||
      (a.source < b.source ? -1 : a.source > b.source ? 1 : a.id < b.id ? -1 : 1),
  );
  const groups: [Appointment, ...Appointment[]][] = [];
  for (const one of sorted) {
    // A system holds a meeting once: its second record of the same time is another meeting.
    const group = groups.find(
      (known) => known.every((other) => other.source !== one.source) && known.some((other) => sameMeeting(other, one)),
    );
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups.map(joined);
};

/** Times in which something takes place, without saying what or how much: overlapping and touching ones are one. */
export const busyOf = (
  appointments: readonly Pick<Content, 'start' | 'end' | 'allDay' | 'status'>[],
): readonly Busy[] => {
  const merged: { start: number; end: number }[] = [];
  const taken = appointments
    .filter((one) => !called(one.status))
    .map((one) => ({ start: Date.parse(one.start), end: endOf(one) }))
    .sort((a, b) => a.start - b.start);
  for (const { start, end } of taken) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged.map(({ start, end }) => ({ start: new Date(start).toISOString(), end: new Date(end).toISOString() }));
};
