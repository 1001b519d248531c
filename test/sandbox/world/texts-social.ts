// What social services for adults write: cases, interventions under serviceloven (SEL), goals with sub-goals, services
// and case activities. Synthetic.
import type { UnitId } from './staff.ts';

export interface SocialIntervention {
  readonly title: string;
  readonly legalBasis: string;
  readonly weeks: number;
  /** Id of a provider in staff.ts. */
  readonly providers: readonly string[];
  readonly service: string;
}

export interface SocialTopic {
  readonly unit: UnitId;
  readonly title: string;
  readonly legalBasis: string;
  readonly journalCode: string;
  readonly targetGroups: readonly string[];
  readonly sensitive?: boolean;
  readonly interventions: readonly SocialIntervention[];
}

const support: SocialIntervention = {
  title: 'Socialpædagogisk støtte i eget hjem',
  legalBasis: 'SEL § 85',
  weeks: 52,
  providers: ['7002', '7005'],
  service: 'Bostøtte 3 timer om ugen',
};
const contactPerson: SocialIntervention = {
  title: 'Støtte- og kontaktperson',
  legalBasis: 'SEL § 99',
  weeks: 40,
  providers: ['7002'],
  service: 'Støtte- og kontaktperson, ugentlig kontakt',
};
const daytime: SocialIntervention = {
  title: 'Aktivitets- og samværstilbud',
  legalBasis: 'SEL § 104',
  weeks: 52,
  providers: ['7003'],
  service: 'Aktivitets- og samværstilbud, 2 dage om ugen',
};
const workshop: SocialIntervention = {
  title: 'Beskyttet beskæftigelse',
  legalBasis: 'SEL § 103',
  weeks: 52,
  providers: ['7006'],
  service: 'Beskyttet beskæftigelse, 4 dage om ugen',
};
const temporaryHome: SocialIntervention = {
  title: 'Midlertidigt botilbud',
  legalBasis: 'SEL § 107',
  weeks: 78,
  providers: ['7004'],
  service: 'Botilbud, døgndækning',
};
const escort: SocialIntervention = {
  title: 'Ledsagelse',
  legalBasis: 'SEL § 97',
  weeks: 52,
  providers: ['7005'],
  service: 'Ledsagelse 15 timer om måneden',
};
const treatment: SocialIntervention = {
  title: 'Social behandling for stofmisbrug',
  legalBasis: 'SEL § 101',
  weeks: 26,
  providers: ['7003'],
  service: 'Behandlingssamtale hver uge',
};
const early: SocialIntervention = {
  title: 'Tidlig forebyggende indsats, gruppebaseret',
  legalBasis: 'SEL § 82 a',
  weeks: 16,
  providers: ['7002', '7003'],
  service: 'Mestringsgruppe, ugentligt',
};

export const topics: readonly SocialTopic[] = [
  {
    unit: '2110',
    title: 'Støtte til voksen med handicap',
    legalBasis: 'SEL § 85',
    journalCode: '27.36.00',
    targetGroups: ['Udviklingshæmning', 'Erhvervet hjerneskade', 'Mobilitetsnedsættelse', 'Autismespektrum'],
    interventions: [support, daytime, workshop, escort],
  },
  {
    unit: '2120',
    title: 'Støtte ved psykiske vanskeligheder',
    legalBasis: 'SEL § 85',
    journalCode: '27.36.04',
    targetGroups: ['Angst', 'Depression', 'Opmærksomhedsforstyrrelse', 'Personlighedsforstyrrelse'],
    interventions: [support, contactPerson, daytime, temporaryHome, early],
  },
  {
    unit: '2130',
    title: 'Behandling for rusmidler',
    legalBasis: 'SEL § 101',
    journalCode: '27.51.00',
    targetGroups: ['Stofmisbrug', 'Alkoholmisbrug'],
    sensitive: true,
    interventions: [treatment, contactPerson],
  },
];

/** A goal and its sub-goals. */
export const goals: readonly (readonly ['Udvikle' | 'Fastholde' | 'Begrænse tab', string, readonly string[]])[] = [
  [
    'Udvikle',
    'Bo selvstændigt i egen lejlighed',
    ['Overblik over breve og e-Boks', 'Faste rengøringsdage', 'Betale regninger til tiden'],
  ],
  ['Fastholde', 'Holde en fast døgnrytme', ['Stå op senest kl. 8 på hverdage', 'Ingen skærm efter kl. 22']],
  [
    'Udvikle',
    'Have et netværk uden for hjemmet',
    ['Deltage i fællesspisning i Værestedet Kompasset', 'Ringe til sin søster en gang om ugen'],
  ],
  [
    'Udvikle',
    'Bruge offentlig transport på egen hånd',
    ['Tage bussen til Egevang sammen med bostøtten', 'Bruge rejseplanen på telefonen'],
  ],
  [
    'Fastholde',
    'Passe beskæftigelsen på værkstedet',
    ['Møde til tiden fire dage om ugen', 'Lære at betjene pakkemaskinen'],
  ],
  ['Begrænse tab', 'Bevare evnen til at lave mad', ['Lave aftensmad to gange om ugen', 'Skrive indkøbsliste']],
  ['Udvikle', 'Få styr på økonomien', ['Lægge budget sammen med bostøtten', 'Afdragsordning på gæld']],
  ['Udvikle', 'Stoppe brugen af rusmidler', ['Møde til behandlingssamtale hver uge', 'Have en plan for svære dage']],
];

export const activities: readonly (readonly [string, string])[] = [
  ['Sagsåbning', 'Samtale'],
  ['Sagsoplysning', 'Hjemmebesøg'],
  ['Sagsoplysning', 'Netværksmøde'],
  ['Faglig vurdering', 'Statusnotat'],
  ['Afgørelse', 'Afgørelse'],
  ['Opfølgning', 'Opfølgningsmøde'],
];

export const answers = [
  'Borgeren ønsker fortsat støtte.',
  'Indsatsen fortsætter uændret.',
  'Mål er nået, nyt mål aftalt.',
  'Borgeren er enig i planen.',
] as const;
