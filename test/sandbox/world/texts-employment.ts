// What a job centre writes: target groups, plans, job goals with steps, offers, conversations and notes, in the words
// caseworkers use. Synthetic; the codes are those of the job-centre stub.
import type { UnitId } from './staff.ts';

export interface TargetGroup {
  readonly code: string;
  readonly name: string;
  readonly unit: UnitId;
  readonly planType: string;
  readonly planTitle: string;
  readonly legalBasis: string;
  readonly young?: boolean;
}

export const targetGroups: readonly TargetGroup[] = [
  {
    code: '6.2',
    name: 'Jobparat kontanthjælpsmodtager',
    unit: 'job-voksen',
    planType: 'MIN_PLAN',
    planTitle: 'Min Plan',
    legalBasis: 'LAB § 45',
  },
  {
    code: '6.3',
    name: 'Aktivitetsparat kontanthjælpsmodtager',
    unit: 'job-voksen',
    planType: 'HELHEDSORIENTERET_PLAN',
    planTitle: 'Helhedsorienteret plan',
    legalBasis: 'LAB § 40, stk. 3',
  },
  {
    code: '6.6',
    name: 'Sygedagpengemodtager',
    unit: 'job-sygedagpenge',
    planType: 'OPFOELGNINGSPLAN',
    planTitle: 'Plan for sygedagpengeforløb',
    legalBasis: 'Sygedagpengeloven § 13 b',
  },
  {
    code: '6.8',
    name: 'Person i ressourceforløb',
    unit: 'job-voksen',
    planType: 'REHABILITERINGSPLAN',
    planTitle: 'Rehabiliteringsplan',
    legalBasis: 'LAB § 107',
  },
  {
    code: '6.4',
    name: 'Uddannelsesparat uddannelseshjælpsmodtager',
    unit: 'job-unge',
    planType: 'UDDANNELSESPAALAEG',
    planTitle: 'Uddannelsespålæg',
    legalBasis: 'LAB § 46',
    young: true,
  },
];

export const purposes = [
  'At komme tættere på ordinært arbejde gennem praktik og mentorstøtte.',
  'At vende tilbage til arbejdet på fuld tid efter sygemelding.',
  'At afklare arbejdsevnen i et skånsomt forløb.',
  'At begynde på og gennemføre en uddannelse på almindelige vilkår.',
  'At finde et fleksjob, der passer til helbredet.',
] as const;

export const wishes = [
  'Jeg vil gerne kunne forsørge min familie.',
  'Jeg drømmer om at arbejde med dyr.',
  'Jeg vil have kolleger igen.',
  'Jeg vil gerne ud blandt mennesker.',
  'Jeg ønsker et arbejde tæt på hjemmet.',
] as const;

/** A job goal and its steps. */
export const jobGoals: readonly (readonly [string, readonly string[]])[] = [
  ['Job som lagermedarbejder på deltid', ['Møde stabilt tre dage om ugen i praktikken', 'Tage truckcertifikat']],
  [
    'Fleksjob som kontorassistent 12 timer om ugen',
    ['Afklare skånehensyn sammen med virksomheden', 'Få overblik over egne it-kompetencer'],
  ],
  [
    'Begynde på grundforløb 1 til social- og sundhedshjælper',
    ['Bestå FVU dansk trin 3', 'Besøge skolen sammen med uddannelsesvejlederen'],
  ],
  ['Ordinært job i detailhandlen', ['Søge tre stillinger om ugen', 'Have et opdateret cv på Jobnet']],
  [
    'Delvis raskmelding i nuværende job',
    ['Aftale gradvis optrapning med arbejdsgiveren', 'Deltage i kursus om stresshåndtering'],
  ],
  ['Job som pædagogmedhjælper', ['Gennemføre praktik i børnehave', 'Få børneattest og referencer']],
  ['Job som buschauffør', ['Bestå den lægelige undersøgelse', 'Gennemføre erhvervskørekort kategori D']],
  ['Job som gartnermedhjælper', ['Holde en fast døgnrytme i fire uger', 'Øge fremmødet fra 10 til 20 timer']],
];

export interface Offer {
  readonly code: string;
  readonly title: string;
  readonly legalBasis: string;
  readonly weeks: number;
  readonly hours: readonly [number, number];
  readonly at: 'workplace' | 'broen' | 'none';
}

export const offers: readonly Offer[] = [
  {
    code: 'VIRKSOMHEDSPRAKTIK',
    title: 'Virksomhedspraktik',
    legalBasis: 'LAB § 57',
    weeks: 13,
    hours: [10, 30],
    at: 'workplace',
  },
  {
    code: 'LOENTILSKUD',
    title: 'Ansættelse med løntilskud',
    legalBasis: 'LAB § 63',
    weeks: 26,
    hours: [25, 37],
    at: 'workplace',
  },
  { code: 'NYTTEINDSATS', title: 'Nytteindsats', legalBasis: 'LAB § 61', weeks: 6, hours: [15, 25], at: 'workplace' },
  { code: 'MENTOR', title: 'Mentorstøtte', legalBasis: 'LAB § 167', weeks: 26, hours: [1, 4], at: 'broen' },
  {
    code: 'VEJLEDNING_OPKVALIFICERING',
    title: 'Kursus: Truckcertifikat B',
    legalBasis: 'LAB § 91',
    weeks: 3,
    hours: [30, 37],
    at: 'none',
  },
  {
    code: 'VEJLEDNING_OPKVALIFICERING',
    title: 'Afklaringsforløb: Trin for trin',
    legalBasis: 'LAB § 91',
    weeks: 17,
    hours: [6, 15],
    at: 'broen',
  },
  {
    code: 'ORDINAER_UDDANNELSE',
    title: 'FVU dansk, trin 2–3',
    legalBasis: 'LAB § 91',
    weeks: 20,
    hours: [6, 12],
    at: 'none',
  },
  {
    code: 'SMAAJOB',
    title: 'Småjob med lønnede timer',
    legalBasis: 'LAB § 11',
    weeks: 12,
    hours: [2, 8],
    at: 'workplace',
  },
];

export const endReasons = ['Gennemført som planlagt', 'Overgået til ordinært arbejde'] as const;
export const brokenOff = 'Afbrudt på grund af sygdom';

/** Conversation type code (DFDG), title, minutes, agenda. */
export const conversations: readonly {
  readonly code: string;
  readonly title: string;
  readonly minutes: number;
  readonly agenda: readonly string[];
}[] = [
  {
    code: '4',
    title: 'Opfølgningssamtale',
    minutes: 45,
    agenda: ['Siden sidst', 'Praktik og fremmøde', 'Næste skridt'],
  },
  { code: '7', title: 'Jobsamtale', minutes: 30, agenda: ['Jobsøgning', 'Jobforslag', 'Aftaler'] },
  { code: '17', title: 'Fælles jobsamtale', minutes: 60, agenda: ['A-kassens opfølgning', 'Fælles plan'] },
];

export const responsibilities = {
  caseworker: ['BESKAFTIGELSESSAGSBEHANDLER', 'Beskæftigelsessagsbehandler'],
  coordinating: ['KOORDINERENDE_SAGSBEHANDLER', 'Koordinerende sagsbehandler'],
  mentor: ['MENTOR', 'Mentor'],
  consultant: ['VIRKSOMHEDSKONSULENT', 'Virksomhedskonsulent'],
  guidance: ['UDDANNELSESVEJLEDER', 'Uddannelsesvejleder'],
} as const;

export const journalTitles = [
  'Samtalenotat',
  'Opfølgning på praktik',
  'Henvisning til mentor',
  'Modtaget lægeattest LÆ 285',
  'Afgørelse om aktivt tilbud',
  'Referat af fælles jobsamtale',
] as const;
export const progressTexts = [
  'Møder stabilt og har fået flere opgaver.',
  'Fremmødet har været svingende på grund af smerter.',
  'Er begyndt at søge job på egen hånd.',
  'Har aftalt at gå to timer op i tid.',
  'Praktikken er forlænget med fire uger.',
] as const;
export const agreedTasks = [
  'Opdatere cv på Jobnet',
  'Kontakte to virksomheder om praktik',
  'Bestille tid hos egen læge',
  'Aflevere lønsedler',
  'Tilmelde sig kursus på VUC',
] as const;
export const internalTasks = [
  'Indhent helbredsoplysninger',
  'Klargør sag til rehabiliteringsteam',
  'Kontrollér refusion',
] as const;
