// Citizens as the rows of the job-centre stub: only those the job centre knows. The invented municipality has no code.
import type * as m from '../momentum/data.ts';
import { instantAt, plusDays } from './days.ts';
import { nameOf } from './relatives.ts';
import { units } from './staff.ts';
import { responsibilities } from './texts-employment.ts';
import type { Citizen, EmploymentCase, Goal, Marked, Meeting, Status } from './types.ts';

const planState = {
  planned: 'Draft',
  active: 'Active',
  onHold: 'OnHold',
  completed: 'Completed',
  cancelled: 'Canceled',
} as const;
const goalState = { ...planState, planned: 'Planned' } as const;
const offerState = {
  planned: 'Planned',
  active: 'Active',
  onHold: 'Interrupted',
  completed: 'Completed',
  cancelled: 'Canceled',
} as const;
const goalType = { wish: 'WISH', purpose: 'JOB', goal: 'JOB', subGoal: 'STEP' } as const;
const contactForm = { inPerson: 'Personal', phone: 'Phone', video: 'Video', home: 'Home' } as const;
const confidentiality = { confidential: 'Confidential', sensitive: 'Sensitive', vip: 'Vip' } as const;
const meetingState: Readonly<Record<Status, m.MomentumMeeting['state']>> = {
  planned: 'Booked',
  active: 'Booked',
  onHold: 'Planned',
  completed: 'Held',
  cancelled: 'Canceled',
};
const conversationCode: Readonly<Record<string, string>> = { Jobsamtale: '7', 'Fælles jobsamtale': '17' };
const responsibilityName: Readonly<Record<string, string>> = Object.fromEntries(Object.values(responsibilities));
const contactTitle = { guardian: 'Værge', companion: 'Bisidder' } as const;

/** The tables' rows of one citizen. */
export interface MomentumRows {
  readonly citizens: readonly m.MomentumCitizen[];
  readonly plans: readonly m.MomentumPlan[];
  readonly offers: readonly m.MomentumOffer[];
  readonly meetings: readonly m.MomentumMeeting[];
  readonly tasks: readonly m.MomentumTask[];
  readonly journals: readonly m.MomentumJournal[];
  readonly tags: readonly m.MomentumTag[];
  readonly caseworkers: readonly m.MomentumCaseworker[];
  readonly privateContacts: readonly m.MomentumPrivateContact[];
}

const citizenRow = (citizen: Citizen, own: EmploymentCase, stamp: Stamp, today: string): m.MomentumCitizen => {
  const { person } = citizen;
  const [, street = person.address.line, building = '', suite] =
    /^(.+?) (\d+)(?:, (.+))?$/.exec(person.address.line) ?? [];
  const { protection } = person;
  return {
    id: own.citizenId,
    ...stamp(own.plan.period.start),
    ...ownedBy(own),
    cpr: person.cpr,
    ...(person.formerCpr === undefined ? {} : { previousCprs: [person.formerCpr] }),
    displayName: nameOf(person),
    gender: person.gender === 'female' ? 'Female' : 'Male',
    birthDate: person.birthDate,
    contactInformation: {
      primaryAddress: {
        street,
        building,
        ...(suite === undefined ? {} : { suite }),
        postalCode: person.address.postalCode,
        city: person.address.city,
      },
    },
    ...(protection && (protection.until ?? today) >= today
      ? { protection: { name: true, address: true, ...(protection.until ? { until: protection.until } : {}) } }
      : {}),
    targetGroupCode: own.targetGroup.code,
    targetGroupName: own.targetGroup.name,
    targetGroupStartDate: own.plan.period.start,
  };
};

type Stamp = (createdOn: string) => { readonly createdAt: string; readonly updatedAt: string };

/** Nothing was made after it was last changed. */
const stampOf =
  (changedAt: string): Stamp =>
  (createdOn) => {
    const created = instantAt(createdOn, '09:00');
    return { createdAt: created < changedAt ? created : changedAt, updatedAt: changedAt };
  };

const ownedBy = (own: EmploymentCase): m.OfDepartment => ({
  departmentId: own.unit,
  departmentName: units[own.unit],
});

const goalOf = (goal: Goal): m.MomentumGoal => ({
  id: goal.id,
  type: goalType[goal.category],
  description: goal.text,
  state: goalState[goal.status] === 'Active' ? 'Active' : goalState[goal.status],
  ...(goal.category === 'goal' ? { isPrimary: true } : {}),
  startDate: goal.period.start,
  ...(goal.period.end === undefined ? {} : { endDate: goal.period.end }),
  ...(goal.parent === undefined ? {} : { parentGoalId: goal.parent }),
});

const meetingRow = (meeting: Meeting, own: EmploymentCase, base: m.OfCitizen & m.OfDepartment): m.MomentumMeeting => ({
  ...base,
  id: meeting.id,
  planId: own.plan.id,
  bookingNumber: String(Number.parseInt(meeting.id.slice(0, 7), 16)),
  conversationTypeCode: conversationCode[meeting.title] ?? '4',
  title: meeting.title,
  start: meeting.start,
  end: meeting.end,
  state: meetingState[meeting.status],
  contactForm: contactForm[meeting.format],
  ...(meeting.location === undefined ? {} : { location: meeting.location }),
  organizerName: own.team[0]?.professional.name ?? 'Jobcenter Egevang',
  participants: meeting.participants.map(({ name, role, protected: hidden }) => ({
    name,
    roleName: role,
    ...(hidden === true ? { isProtected: true } : {}),
  })),
  ...(meeting.agenda ? { agenda: meeting.agenda } : {}),
  ...(meeting.status === 'planned'
    ? { cancelDeadline: instantAt(plusDays(meeting.start.slice(0, 10), -1), '12:00') }
    : {}),
});

/** @param changedAt the instant, with milliseconds, at which every row was last changed */
export const momentumRows = (citizen: Citizen, today: string, changedAt: string): MomentumRows => {
  const { person, employment: own } = citizen;
  if (!own)
    return {
      citizens: [],
      plans: [],
      offers: [],
      meetings: [],
      tasks: [],
      journals: [],
      tags: [],
      caseworkers: [],
      privateContacts: [],
    };
  const stamp = stampOf(changedAt);
  const base = (id: string, createdOn: string): m.OfCitizen & m.OfDepartment => ({
    id,
    citizenId: own.citizenId,
    ...stamp(createdOn),
    ...ownedBy(own),
  });
  const marked = (own?: Marked): { confidentiality?: (typeof confidentiality)[Marked] } => {
    const level = own ?? person.marked;
    return level === undefined ? {} : { confidentiality: confidentiality[level] };
  };
  const { start } = own.plan.period;
  return {
    citizens: [citizenRow(citizen, own, stamp, today)],
    plans: [
      {
        ...base(own.plan.id, start),
        ...marked(),
        planType: own.plan.type as m.MomentumPlan['planType'],
        title: own.plan.title,
        state: planState[own.plan.status],
        purpose: own.plan.purpose,
        legalBasis: [own.plan.legalBasis],
        startDate: start,
        ...(own.plan.period.end === undefined ? {} : { endDate: own.plan.period.end }),
        caseworkerName: own.team[0]?.professional.name ?? '',
        goals: own.goals.map(goalOf),
        progress: own.progress.map(({ id, at, text }) => ({ id, date: at, text })),
      },
    ],
    offers: own.activities.map((one) => ({
      ...base(one.id, one.grantedAt ?? one.period.start),
      ...marked(one.marked),
      planId: own.plan.id,
      ...(one.goal === undefined ? {} : { goalId: one.goal }),
      offerTypeCode: one.code as m.MomentumOffer['offerTypeCode'],
      title: one.title,
      state: offerState[one.status],
      legalParagraph: one.legalBasis,
      ...(one.provider ? { providerName: one.provider.name } : {}),
      ...(one.hoursPerWeek === undefined ? {} : { hoursPerWeek: one.hoursPerWeek }),
      startDate: one.period.start,
      ...(one.period.end === undefined ? {} : { endDate: one.period.end }),
      ...(one.grantedAt === undefined ? {} : { grantedDate: one.grantedAt }),
      ...(one.followUpAt === undefined ? {} : { followUpDate: one.followUpAt }),
      ...(one.endReason === undefined ? {} : { endReason: one.endReason }),
    })),
    meetings: own.meetings.map((meeting) =>
      meetingRow(meeting, own, base(meeting.id, plusDays(meeting.start.slice(0, 10), -14))),
    ),
    tasks: own.tasks.map((task) => ({
      ...base(task.id, plusDays(task.deadline, -30)),
      title: task.title,
      taskType: task.agreed ? 'AFTALE' : 'INTERN',
      state: task.done ? 'Completed' : 'Active',
      priority: 'Normal',
      deadline: task.deadline,
      assignee: task.agreed ? nameOf(person) : (own.team[0]?.professional.name ?? ''),
      ...(own.meetings[0] ? { meetingId: own.meetings[0].id } : {}),
    })),
    journals: own.journal.map((note) => ({
      ...base(note.id, note.at),
      ...marked(note.marked),
      title: note.title,
      categoryCode: note.title.startsWith('Modtaget') ? 'DOKUMENT' : 'NOTAT',
      journalNumber: `15.20.00-${note.id.slice(0, 6)}`,
      eventDate: instantAt(note.at, '00:00'),
      text: note.text,
    })),
    tags: [
      {
        ...stamp(start),
        id: `${own.citizenId}-tag`,
        citizenId: own.citizenId,
        tag: { id: own.targetGroup.code, title: own.targetGroup.name },
        start: instantAt(start, '00:00'),
        end: null,
      },
    ],
    caseworkers: own.team.map(({ id, professional, role, primary }) => ({
      ...base(id, start),
      departmentId: professional.unit,
      departmentName: units[professional.unit],
      caseworkerId: professional.id,
      displayName: professional.name,
      role: primary ? 1 : 0,
      responsibilityCode: role,
      responsibilityName: responsibilityName[role] ?? role,
      startDate: start,
      endDate: null,
      caseworkerIsActive: true,
      showInJobnet: true,
      phone: professional.phone,
      email: professional.email,
    })),
    privateContacts: own.network.map((relative) => ({
      ...stamp(start),
      id: relative.id,
      citizenId: own.citizenId,
      title: relative.relation === 'guardian' ? contactTitle.guardian : contactTitle.companion,
      name: relative.name,
      ...(relative.phone === undefined ? {} : { mobile: { number: relative.phone } }),
      isActive: true,
      ...(relative.protected === true ? { isProtected: true } : {}),
    })),
  };
};
