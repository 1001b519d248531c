// The shared calendar as iCalendar (RFC 5545), for the calendar programmes people already have. Texts are Danish; ids are
// opaque; whatever leaves the calendar is no longer in it, and what a source cancelled says so.
import ical, { ICalCalendarMethod, ICalEventClass, ICalEventStatus, ICalEventTransparency } from 'ical-generator';
import { copenhagenDay } from '../clock.ts';
import type { KeyRing } from '../store/crypto.ts';
import { type Busy, endOf, type Meeting } from './calendar-meetings.ts';
import type { SourceState } from './freshness.ts';

const statusOf: Readonly<Record<Meeting['status'], ICalEventStatus>> = {
  planned: ICalEventStatus.CONFIRMED,
  active: ICalEventStatus.CONFIRMED,
  completed: ICalEventStatus.CONFIRMED,
  onHold: ICalEventStatus.TENTATIVE,
  unknown: ICalEventStatus.TENTATIVE,
  cancelled: ICalEventStatus.CANCELLED,
};

const formats = { inPerson: 'Fremmøde', phone: 'Telefonmøde', video: 'Videomøde', home: 'Hjemmebesøg' } as const;

/** Grows with every newer version of a meeting: whole seconds since 2020. */
const sequenceOf = (observedAt: string): number =>
  Math.max(0, Math.floor((Date.parse(observedAt) - Date.UTC(2020, 0, 1)) / 1000));

const when = (instant: string): string =>
  new Date(instant).toLocaleString('da-DK', { timeZone: 'Europe/Copenhagen', dateStyle: 'long', timeStyle: 'short' });

/** Whoever is protected comes without a name. */
const participantText = ({
  name,
  role,
}: {
  readonly name?: string | undefined;
  readonly role?: string | undefined;
}): string => (name === undefined ? (role ?? 'en deltager') : role === undefined ? name : `${name} (${role})`);

const descriptionOf = (meeting: Meeting): string =>
  [
    meeting.format === undefined ? undefined : formats[meeting.format],
    meeting.organiser === undefined ? undefined : `Indkalder: ${meeting.organiser}`,
    meeting.participants === undefined
      ? undefined
      : `Deltagere: ${meeting.participants.map(participantText).join(', ')}`,
    meeting.agenda === undefined ? undefined : `Dagsorden:\n${meeting.agenda.map((point) => `– ${point}`).join('\n')}`,
    meeting.rebookBy === undefined ? undefined : `Kan flyttes til og med ${when(meeting.rebookBy)}`,
    meeting.cancelBy === undefined ? undefined : `Kan aflyses til og med ${when(meeting.cancelBy)}`,
    ...meeting.records.flatMap(({ journalUrl }) => (journalUrl === undefined ? [] : [`Journal: ${journalUrl}`])),
  ]
    .filter((line) => line !== undefined)
    .join('\n');

/** What no source has told yet: unknown is never shown as empty. */
const missing = (states: readonly SourceState[]): string => {
  const unknown = states.filter(({ state }) => state === 'unknown').map(({ title }) => title);
  return unknown.length === 0
    ? 'Aftaler på tværs af kommunens systemer.'
    : `Aftaler på tværs af kommunens systemer. Endnu ikke hentet fra: ${unknown.join(', ')}.`;
};

const dayAfter = (instant: number): Date => new Date(`${copenhagenDay(new Date(instant))}T00:00:00Z`);

export interface IcsContent {
  readonly citizen: string;
  readonly meetings: readonly Meeting[];
  readonly busy: readonly Busy[];
  readonly states: readonly SourceState[];
}

/** The calendar as text/calendar. */
export const icsOf = (keys: KeyRing, { citizen, meetings, busy, states }: IcsContent): string => {
  const calendar = ical({
    name: 'Fælles kalender',
    description: missing(states),
    method: ICalCalendarMethod.PUBLISH,
    prodId: { company: 'Samspil', product: 'Samspil', language: 'DA' },
    ttl: 900,
  });
  for (const meeting of meetings) {
    const [first] = meeting.records;
    const allDay = meeting.allDay === true;
    calendar.createEvent({
      id: keys.uuid('record', `calendar ${citizen} ${first?.id ?? ''}`),
      sequence: sequenceOf(meeting.observedAt),
      stamp: new Date(meeting.observedAt),
      lastModified: new Date(meeting.observedAt),
      start: allDay ? dayAfter(Date.parse(meeting.start)) : new Date(meeting.start),
      end: allDay ? dayAfter(endOf(meeting)) : new Date(endOf(meeting)),
      allDay,
      summary: meeting.title,
      description: descriptionOf(meeting),
      location: meeting.location ?? null,
      url: meeting.records.find(({ journalUrl }) => journalUrl !== undefined)?.journalUrl ?? null,
      status: statusOf[meeting.status],
      class: ICalEventClass.PRIVATE,
    });
  }
  for (const { start, end } of busy)
    calendar.createEvent({
      id: keys.uuid('record', `calendar busy ${citizen} ${start} ${end}`),
      stamp: new Date(start),
      start: new Date(start),
      end: new Date(end),
      summary: 'Optaget',
      class: ICalEventClass.PRIVATE,
      transparency: ICalEventTransparency.OPAQUE,
    });
  return calendar.toString();
};
