// Maja Sandkasse with health and care: home nursing for sleep and pain with training; the training clashes with the job
// centre's follow-up, and the network meeting stands in both calendars.
import { keyOf } from './keys.ts';

import type { ShowcaseInput } from './showcase.ts';
import { clash, networkMeeting } from './showcase-employment.ts';
import { someoneNamed } from './staff.ts';
import { nursing } from './texts-health.ts';
import type { HealthCare, Meeting } from './types.ts';

export const showcaseHealth = ({ person, seed, day, at }: ShowcaseInput): HealthCare => {
  const id = (label: string, n: number): string => keyOf(seed, person.index, 'fhir', label, n);
  const nurse = someoneNamed('hjemmesygeplejen', 'Bente Winther', 'Sygeplejerske');
  const therapist = someoneNamed('traening', 'Rasmus Schou', 'Fysioterapeut');
  const citizen = { name: `${person.given.join(' ')} ${person.family}`, role: 'Borger' };
  const meeting = (
    n: number,
    title: string,
    start: string,
    minutes: number,
    location: string,
    status: Meeting['status'],
    who = nurse,
  ): Meeting => ({
    id: id('appointment', n),
    title,
    start,
    end: new Date(Date.parse(start) + minutes * 60_000).toISOString(),
    format: location.startsWith('Egetræsvej') ? 'home' : 'inPerson',
    location,
    status,
    participants: [citizen, { name: who.name, role: who.title }],
  });
  const home = `${person.address.line}, ${person.address.postalCode} ${person.address.city}`;
  return {
    patientId: id('patient', 0),
    plan: {
      id: id('plan', 0),
      title: 'Hjemmesygepleje og træning',
      category: nursing.category,
      purpose: 'At Maja sover bedre og har færre smerter i hverdagen.',
      status: 'active',
      period: { start: day(-80), end: day(100) },
    },
    unit: 'hjemmesygeplejen',
    goals: [
      {
        id: id('goal', 0),
        category: 'goal',
        text: 'Sover seks timer hver nat',
        status: 'active',
        type: 'develop',
        period: { start: day(-80), end: day(100) },
      },
      {
        id: id('goal', 1),
        category: 'goal',
        text: 'Smerterne er under kontrol i hverdagen',
        status: 'active',
        type: 'limitLoss',
        period: { start: day(-80), end: day(100) },
      },
    ],
    interventions: [
      {
        id: id('intervention', 0),
        title: 'Psykisk støtte',
        code: '476708f4-505d-4575-9e1f-e9dadb7d7759',
        legalBasis: 'SUL § 138',
        status: 'active',
        period: { start: day(-80) },
        followUpAt: day(15),
        goal: id('goal', 0),
      },
      {
        id: id('intervention', 1),
        title: 'Vejledning',
        code: '0204a44a-29ca-4ac0-9f08-a8dcb35b44d9',
        legalBasis: 'SUL § 138',
        status: 'completed',
        period: { start: day(-80), end: day(-30) },
        goal: id('goal', 1),
      },
      {
        id: id('intervention', 2),
        title: 'Fysisk træning',
        code: '2abe20c7-c0b4-41c1-b397-52acf36499ef',
        legalBasis: 'SUL § 140',
        status: 'active',
        period: { start: day(-35), end: day(50) },
        followUpAt: day(12),
        goal: id('goal', 1),
      },
    ],
    conditions: [
      {
        id: id('condition', 0),
        code: '6c6a10b9-d4c3-44f6-8803-80466d158356',
        display: 'Søvnproblemer',
        level: 2,
        since: day(-82),
        status: 'active',
      },
      {
        id: id('condition', 1),
        code: '5b6f5ce1-24b0-486d-8bbb-f9711fec92dd',
        display: 'Problemer med smerter',
        level: 2,
        since: day(-82),
        status: 'active',
      },
      {
        id: id('condition', 2),
        code: '7b6a52c6-7e0d-4800-a223-ebdd2c9261e4',
        display: 'Emotionelle problemer',
        level: 1,
        since: day(-70),
        status: 'completed',
      },
    ],
    teamId: id('team', 0),
    team: [
      { professional: nurse, role: 'Sygeplejerske' },
      { professional: therapist, role: 'Fysioterapeut' },
    ],
    meetings: [
      meeting(
        0,
        networkMeeting.title,
        at(networkMeeting.days, networkMeeting.time),
        90,
        'Jobcenter Egevang, lokale 7',
        'planned',
      ),
      meeting(1, 'Individuel træning', at(clash.days, '13:30'), 45, 'Sundhedshuset Egevang', 'planned', therapist),
      meeting(2, 'Sygeplejebesøg', at(16, '09:00'), 30, home, 'planned'),
      meeting(3, 'Sygeplejebesøg', at(-12, '09:00'), 30, home, 'completed'),
    ],
    followUps: [
      { id: id('followUp', 0), on: day(-33), status: 'completed', result: 'Ændres inden for rammen' },
      { id: id('followUp', 1), on: day(15), status: 'planned' },
    ],
    levels: [
      { id: id('level', 0), scale: 'functional', on: day(-82), condition: 'Søvnproblemer', level: 3 },
      { id: id('level', 1), scale: 'functional', on: day(-33), condition: 'Søvnproblemer', level: 2 },
      { id: id('level', 2), scale: 'support', on: day(-82), condition: 'Søvnproblemer', level: 2 },
    ],
    documents: [
      { id: id('document', 0), title: 'Genoptræningsplan', on: day(-40) },
      { id: id('document', 1), title: 'Sygeplejefaglig udredning', on: day(-82) },
    ],
  };
};
