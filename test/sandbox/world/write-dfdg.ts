// How the authorities' shared system writes a conversation and an activity down, from what the job centre's own has.
import type { Aktivitet, Authority, Indkaldelse } from '../dfdg/data.ts';
import { instantAt, plusDays } from './days.ts';
import type { Intervention, Meeting, Status } from './types.ts';

export const authority = (organisationskode: string, navn: string): Authority => ({
  myndighed: { organisationskode, navn },
});
export const jobCentre = authority('999', 'Jobcenter Egevang');

const summonsState: Readonly<Record<Status, Indkaldelse['status']>> = {
  planned: 'Booket',
  active: 'Booket',
  onHold: 'Ombooket',
  completed: 'Afholdt',
  cancelled: 'Aflyst',
};
const activityState: Readonly<Record<Status, Aktivitet['status']>> = {
  planned: 'Planlagt',
  active: 'Igangvaerende',
  onHold: 'Afbrudt',
  completed: 'Afsluttet',
  cancelled: 'Afbrudt',
};
const form = { inPerson: 'Fremmoede', phone: 'Telefon', video: 'Video', home: 'Hjemmebesoeg' } as const;
const typeOf = (title: string): { readonly samtaletype?: 4 | 7 | 17 } =>
  title === 'Fælles jobsamtale'
    ? { samtaletype: 17 }
    : title === 'Jobsamtale'
      ? { samtaletype: 7 }
      : title.startsWith('Opfølgning')
        ? { samtaletype: 4 }
        : {};

/** The limits until which a citizen moves or cancels a conversation: noon, some days before. */
export const limits = (start: string): Pick<Indkaldelse, 'ombookingsfrist' | 'aflysningsfrist'> => ({
  ombookingsfrist: instantAt(plusDays(start.slice(0, 10), -3), '12:00'),
  aflysningsfrist: instantAt(plusDays(start.slice(0, 10), -1), '12:00'),
});

/** A conversation of the job centre as the authorities see it. */
export const summonsOf = (id: string, bookingnummer: string, meeting: Meeting): Indkaldelse => ({
  indkaldelseId: id,
  bookingnummer,
  start: meeting.start,
  slut: meeting.end,
  moedetitel: meeting.title,
  ...(meeting.location === undefined ? {} : { moedested: meeting.location }),
  status: summonsState[meeting.status],
  ...typeOf(meeting.title),
  moedeform: form[meeting.format],
  ...(meeting.status === 'planned' ? limits(meeting.start) : {}),
  selvbooket: false,
  myndighedsdeltagere: meeting.participants
    .slice(1)
    .filter(({ role }) => role !== 'Bisidder' && role !== 'Værge')
    .map(({ name, role }) => ({ navn: name, rolle: role })),
  ansvarligMyndighed: jobCentre,
});

export const activityOf = (id: string, minPlanId: string, activity: Intervention): Aktivitet => ({
  aktivitetId: id,
  minPlanId,
  aktivitetsstamdata: {
    aktiveringstypeId: activity.title.length,
    beskrivelse: activity.title,
    ...(activity.provider === undefined ? {} : { lokation: activity.provider.name }),
  },
  status: activityState[activity.status],
  startdato: activity.period.start,
  ...(activity.period.end === undefined ? {} : { slutdato: activity.period.end }),
  ...(activity.hoursPerWeek === undefined ? {} : { timerPrUge: activity.hoursPerWeek, minutterPrUge: 0 }),
  ansvarligMyndighed: jobCentre,
});
