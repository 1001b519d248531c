// Maja Sandkasse at the job centre: a holistic plan towards a flexible job, with work placement and a mentor from the
// private Fonden Broen. The network meeting and the training overlap with health's calendar on purpose.
import { keyOf } from './keys.ts';

import type { ShowcaseInput } from './showcase.ts';
import { someoneNamed } from './staff.ts';
import type { EmploymentCase, Goal, Intervention, Meeting } from './types.ts';

export const networkMeeting = { days: 9, time: '10:00', title: 'Netværksmøde' } as const;
export const clash = { days: 5, time: '13:00' } as const;

export const showcaseEmployment = ({ person, seed, day, at }: ShowcaseInput): EmploymentCase => {
  const id = (label: string, n: number): string => keyOf(seed, person.index, 'momentum', label, n);
  const caseworker = someoneNamed('job-voksen', 'Hanne Toft', 'Koordinerende sagsbehandler');
  const consultant = someoneNamed('jobcenter', 'Karim Juhl', 'Virksomhedskonsulent');
  const mentor = someoneNamed('jobcenter', 'Stine Brandt', 'Mentor', 'broen');
  const start = day(-150);
  const main = id('goal', 0);
  const step = (n: number, text: string, status: Goal['status'], end: number): Goal => ({
    id: id('goal', n),
    category: 'subGoal',
    text,
    status,
    period: { start: day(-150 + n * 20), end: day(end) },
    parent: main,
  });
  const offer = (n: number, fields: Omit<Intervention, 'id' | 'goal'>): Intervention => ({
    id: id('offer', n),
    goal: main,
    ...fields,
  });
  const citizen = { name: `${person.given.join(' ')} ${person.family}`, role: 'Borger' };
  const meeting = (
    n: number,
    title: string,
    days: number,
    time: string,
    minutes: number,
    format: Meeting['format'],
    status: Meeting['status'],
  ): Meeting => ({
    id: id('meeting', n),
    title,
    start: at(days, time),
    end: new Date(Date.parse(at(days, time)) + minutes * 60_000).toISOString(),
    format,
    ...(format === 'inPerson' ? { location: 'Jobcenter Egevang, lokale 7' } : {}),
    status,
    participants: [citizen, { name: caseworker.name, role: caseworker.title }],
  });
  const broen = { id: '7001', name: 'Fonden Broen' };
  return {
    citizenId: id('citizen', 0),
    targetGroup: { code: '6.3', name: 'Aktivitetsparat kontanthjælpsmodtager' },
    unit: 'job-voksen',
    plan: {
      id: id('plan', 0),
      type: 'HELHEDSORIENTERET_PLAN',
      title: 'Helhedsorienteret plan: mod fleksjob på kontor',
      purpose: 'At Maja finder et fleksjob, der passer til hendes helbred og til hverdagen med tre børn.',
      legalBasis: 'LAB § 40, stk. 3',
      status: 'active',
      period: { start, end: day(400) },
    },
    goals: [
      {
        id: main,
        category: 'goal',
        text: 'Fleksjob som kontorassistent 12 timer om ugen',
        status: 'active',
        period: { start, end: day(300) },
      },
      {
        id: id('goal', 1),
        category: 'wish',
        text: 'Jeg vil gerne have kolleger igen og kunne hente mine børn til tiden.',
        status: 'active',
        period: { start },
      },
      step(2, 'Afklare skånehensyn sammen med virksomheden', 'active', 40),
      step(3, 'Møde stabilt tre dage om ugen i praktikken', 'active', 60),
      step(4, 'Opdatere cv og få overblik over it-kompetencer', 'completed', -30),
    ],
    activities: [
      offer(0, {
        title: 'Virksomhedspraktik hos Egevang Bibliotek',
        code: 'VIRKSOMHEDSPRAKTIK',
        legalBasis: 'LAB § 57',
        status: 'active',
        period: { start: day(-30), end: day(60) },
        grantedAt: day(-44),
        hoursPerWeek: 12,
        provider: { id: 'workplace', name: 'Egevang Bibliotek' },
        followUpAt: day(14),
      }),
      offer(1, {
        title: 'Mentorstøtte',
        code: 'MENTOR',
        legalBasis: 'LAB § 167',
        status: 'active',
        period: { start: day(-60), end: day(120) },
        grantedAt: day(-70),
        hoursPerWeek: 2,
        provider: broen,
        followUpAt: day(30),
      }),
      offer(2, {
        title: 'Afklaringsforløb: Trin for trin',
        code: 'VEJLEDNING_OPKVALIFICERING',
        legalBasis: 'LAB § 91',
        status: 'completed',
        period: { start: day(-140), end: day(-40) },
        grantedAt: day(-150),
        hoursPerWeek: 8,
        provider: broen,
        endReason: 'Gennemført som planlagt',
      }),
      offer(3, {
        title: 'Kursus: Regneark for begyndere',
        code: 'ORDINAER_UDDANNELSE',
        legalBasis: 'LAB § 91',
        status: 'planned',
        period: { start: day(35), end: day(49) },
        grantedAt: day(-5),
        hoursPerWeek: 15,
      }),
    ],
    team: [
      { id: id('team', 0), professional: caseworker, role: 'KOORDINERENDE_SAGSBEHANDLER', primary: true },
      { id: id('team', 1), professional: consultant, role: 'VIRKSOMHEDSKONSULENT', primary: false },
      { id: id('team', 2), professional: mentor, role: 'MENTOR', primary: false },
    ],
    network: [
      {
        id: id('contact', 0),
        name: 'Kirsten Lund',
        given: ['Kirsten'],
        family: 'Lund',
        relation: 'companion',
        phone: '30121212',
      },
    ],
    meetings: [
      {
        ...meeting(0, networkMeeting.title, networkMeeting.days, networkMeeting.time, 90, 'inPerson', 'planned'),
        agenda: ['Praktikken', 'Støtten derhjemme', 'Hvem gør hvad'],
      },
      meeting(1, 'Opfølgningssamtale', clash.days, clash.time, 45, 'inPerson', 'planned'),
      meeting(2, 'Jobsamtale', -21, '09:30', 30, 'phone', 'completed'),
      meeting(3, 'Opfølgningssamtale', -63, '11:00', 45, 'inPerson', 'completed'),
    ],
    progress: [
      {
        id: id('progress', 0),
        at: day(-14),
        title: 'Status',
        text: 'Møder stabilt og har fået opgaver i udlånet.',
        author: caseworker,
      },
      {
        id: id('progress', 1),
        at: day(-45),
        title: 'Status',
        text: 'Afklaringsforløbet er gennemført; Maja ønsker kontorarbejde.',
        author: caseworker,
      },
      {
        id: id('progress', 2),
        at: day(-90),
        title: 'Status',
        text: 'Fremmødet er gået fra 40 til 75 procent.',
        author: caseworker,
      },
    ],
    journal: [
      {
        id: id('journal', 0),
        at: day(-21),
        title: 'Referat af jobsamtale',
        text: 'Syntetisk notat.',
        author: caseworker,
      },
      {
        id: id('journal', 1),
        at: day(-44),
        title: 'Afgørelse om virksomhedspraktik',
        text: 'Syntetisk notat.',
        author: caseworker,
        marked: 'confidential',
      },
      {
        id: id('journal', 2),
        at: day(-70),
        title: 'Modtaget lægeattest LÆ 285',
        text: 'Syntetisk notat.',
        author: caseworker,
        marked: 'sensitive',
      },
    ],
    tasks: [
      { id: id('task', 0), title: 'Maja sender cv til biblioteket', agreed: true, deadline: day(7), done: false },
      {
        id: id('task', 1),
        title: 'Aftale skånehensyn med praktikstedet',
        agreed: true,
        deadline: day(14),
        done: false,
      },
      { id: id('task', 2), title: 'Kontrollér refusion', agreed: false, deadline: day(20), done: false },
    ],
  };
};
