// Maja Sandkasse among the employment authorities: the job centre's conversation stands here and in its own system (one
// meeting, two keys), a joint conversation at the library and an earlier course at another actor stand here only.
import type { DfdgCitizen } from '../dfdg/data.ts';
import { instantAt, plusDays, plusMinutes, workday } from './days.ts';
import { fixedSeed } from './household.ts';
import { keyOf } from './keys.ts';
import { showcaseCpr, showcaseIndex } from './showcase.ts';
import type { EmploymentCase } from './types.ts';
import { activityOf, jobCentre, summonsOf } from './write-dfdg.ts';

export const showcaseDfdg = (own: EmploymentCase, today: string, revision: number): DfdgCitizen => {
  const id = (label: string, n: number): string => keyOf(fixedSeed, showcaseIndex, 'dfdg', label, n);
  const day = (days: number): string => workday(plusDays(today, days));
  const minPlanId = id('minplan', 0);
  const placement = own.activities.slice(0, 1);
  const shared = own.meetings.filter(({ title }) => title.startsWith('Opfølgning'));
  // Every event moves the joint conversation a week: a change that only the authorities' own notice tells at once.
  const joint = instantAt(day(16 + revision * 7), '10:30');
  return {
    cpr: showcaseCpr,
    minPlan: {
      minPlanId,
      minPlanVersionId: id('version', 0),
      status: 'Gaeldende',
      beskaeftigelsesmaal: 'Fleksjob som kontorassistent 12 timer om ugen',
      oprettelsesdato: day(-150),
      godkendelsesdato: day(-143),
      ansvarligMyndighed: jobCentre,
    },
    aktiviteter: [
      ...placement.map((activity, n) => activityOf(id('activity', n), minPlanId, activity)),
      {
        aktivitetId: id('activity', 9),
        minPlanId,
        aktivitetsstamdata: {
          aktiveringstypeId: 14,
          beskrivelse: 'Jobsøgningskursus hos anden aktør',
          lokation: 'Online',
          udbyder: 'Vejen Frem ApS',
        },
        status: 'Afbrudt',
        startdato: day(-210),
        slutdato: day(-180),
        timerPrUge: 7,
        minutterPrUge: 30,
        ansvarligMyndighed: { myndighed: { organisationskode: '20001', navn: 'Anden aktør: Vejen Frem ApS' } },
      },
    ],
    indkaldelser: [
      ...shared.map((meeting, n) => summonsOf(id('summons', n), `8100${n}`, meeting)),
      {
        indkaldelseId: id('summons', 9),
        bookingnummer: '81009',
        start: joint,
        slut: plusMinutes(joint, 45),
        moedetitel: 'Fælles jobsamtale',
        moedebeskrivelse: 'Vi mødes hos Egevang Bibliotek og taler om timer, opgaver og pauser.',
        moedested: 'Egevang Bibliotek, 1. sal',
        status: revision > 0 ? 'Ombooket' : 'Booket',
        samtaletype: 17,
        moedeform: 'Fremmoede',
        ombookingsfrist: instantAt(plusDays(joint.slice(0, 10), -3), '12:00'),
        aflysningsfrist: instantAt(plusDays(joint.slice(0, 10), -1), '12:00'),
        selvbooket: true,
        myndighedsdeltagere: [
          { navn: 'Hanne Toft', rolle: 'Koordinerende sagsbehandler' },
          { navn: 'Karim Juhl', rolle: 'Virksomhedskonsulent' },
        ],
        ansvarligMyndighed: jobCentre,
      },
    ],
    rehabiliteringsforloeb: [
      {
        rehabiliteringsforloebId: id('rehabilitation', 0),
        rehabiliteringsforloebStatus: 'Oprettet',
        oprettelsesdato: `${day(-12)}T09:20:00`,
        senesteOpdateringsdato: `${day(-12)}T09:20:00`,
      },
    ],
  };
};
