// Maja Sandkasse with social services: support at home for anxiety, a mastery group, two goals with sub-goals.
import type { ShowcaseInput } from './showcase.ts';
import { someoneNamed } from './staff.ts';
import type { Goal, SocialCare } from './types.ts';

export const showcaseSocial = ({ person, day }: ShowcaseInput): SocialCare => {
  const citizenId = String(200_000 + person.index);
  const caseId = `${citizenId}1`;
  const responsible = someoneNamed('2120', 'Trine Krogh', 'Socialrådgiver');
  const goal = (id: string, text: string, type: Goal['type'], parent?: string): Goal => ({
    id,
    category: parent === undefined ? 'goal' : 'subGoal',
    text,
    status: 'active',
    ...(type ? { type } : {}),
    period: { start: day(-120), end: day(245) },
    ...(parent === undefined ? {} : { parent }),
    responsible,
  });
  const [home, rhythm] = [`${citizenId}1`, `${citizenId}2`];
  return {
    citizenId,
    createdAt: day(-130),
    cases: [
      {
        id: caseId,
        title: 'Handleplan: støtte ved psykiske vanskeligheder',
        type: 'Handleplan',
        unit: '2120',
        responsible,
        legalBasis: 'SEL § 85',
        status: 'active',
        received: day(-130),
        urgent: false,
        journalCode: '27.36.04',
        targetGroup: 'Angst',
        sensitive: false,
        interventions: [
          {
            id: `${caseId}10`,
            title: 'Socialpædagogisk støtte i eget hjem',
            legalBasis: 'SEL § 85',
            status: 'active',
            period: { start: day(-100), end: day(265) },
            grantedAt: day(-110),
            provider: { id: '7002', name: 'Bostøtte Egevang', group: 'Egne tilbud' },
          },
          {
            id: `${caseId}11`,
            title: 'Tidlig forebyggende indsats, gruppebaseret',
            legalBasis: 'SEL § 82 a',
            status: 'completed',
            period: { start: day(-120), end: day(-20) },
            grantedAt: day(-125),
            provider: { id: '7003', name: 'Værestedet Kompasset', group: 'Egne tilbud' },
          },
          {
            id: `${caseId}12`,
            title: 'Støtte- og kontaktperson',
            legalBasis: 'SEL § 99',
            status: 'planned',
            period: { start: day(20), end: day(200) },
            grantedAt: day(-3),
            provider: { id: '7005', name: 'Fjordens Socialpædagoger ApS', group: 'Private leverandører' },
          },
        ],
        activities: [
          {
            id: `${caseId}70`,
            phase: 'Sagsoplysning',
            name: 'Hjemmebesøg',
            deadline: day(-95),
            doneAt: day(-97),
            answer: 'Maja ønsker støtte til post og økonomi.',
          },
          {
            id: `${caseId}71`,
            phase: 'Faglig vurdering',
            name: 'Statusnotat',
            deadline: day(-40),
            doneAt: day(-42),
            answer: 'Indsatsen fortsætter uændret.',
          },
          { id: `${caseId}72`, phase: 'Opfølgning', name: 'Opfølgningsmøde', deadline: day(25) },
        ],
      },
    ],
    goals: [
      goal(home, 'Have overblik over hverdagen i egen bolig', 'develop'),
      goal(`${home}-0`, 'Åbne post og e-Boks to gange om ugen', 'develop', home),
      goal(`${home}-1`, 'Lægge budget sammen med bostøtten', 'develop', home),
      goal(rhythm, 'Holde en fast døgnrytme', 'maintain'),
      goal(`${rhythm}-0`, 'Stå op senest kl. 7 på hverdage', 'maintain', rhythm),
    ],
    services: [
      { id: `${citizenId}90`, title: 'Bostøtte 3 timer om ugen', period: { start: day(-100) }, unit: '2120' },
      {
        id: `${citizenId}91`,
        title: 'Mestringsgruppe, ugentligt',
        period: { start: day(-120), end: day(-20) },
        unit: '2120',
      },
    ],
  };
};
