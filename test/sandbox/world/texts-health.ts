// What health and care write: home nursing (SUL § 138), home care and rehabilitation (SEL §§ 83, 83 a, 86), prevention
// (SUL § 119) and plans for families, with codes of KL's FSIII (urn:oid:1.2.208.176.2.21, kl-term 2.3.0).
import type { UnitId } from './staff.ts';

export interface Coding {
  readonly code: string;
  readonly display: string;
}

export interface HealthTopic {
  readonly unit: UnitId;
  readonly title: string;
  readonly category: Coding;
  readonly purpose: string;
  readonly legalBasis: string;
  readonly interventions: readonly Coding[];
  readonly conditions: readonly Coding[];
  readonly goals: readonly string[];
  readonly visits: readonly { readonly title: string; readonly minutes: number; readonly home: boolean }[];
  readonly role: string;
}

const c = (code: string, display: string): Coding => ({ code, display });

/** Category codes of the plan: KL's CareSocialCodes. */
export const nursing: HealthTopic = {
  unit: 'hjemmesygeplejen',
  title: 'Hjemmesygepleje',
  category: c('490ab7be-ddb1-4a54-baf1-009fe6e8a83b', 'Kommunal sygepleje'),
  purpose: 'At borgeren er tryg i eget hjem og undgår indlæggelse.',
  legalBasis: 'SUL § 138',
  interventions: [
    c('0204a44a-29ca-4ac0-9f08-a8dcb35b44d9', 'Vejledning'),
    c('476708f4-505d-4575-9e1f-e9dadb7d7759', 'Psykisk støtte'),
    c('96546362-359b-401f-8760-f2c54f62d804', 'Sygeplejefaglig udredning'),
  ],
  conditions: [
    c('5b6f5ce1-24b0-486d-8bbb-f9711fec92dd', 'Problemer med smerter'),
    c('6c6a10b9-d4c3-44f6-8803-80466d158356', 'Søvnproblemer'),
    c('19503407-1ae8-4b17-b96a-98387c24278d', 'Problemer med venøst sår'),
    c('7b6a52c6-7e0d-4800-a223-ebdd2c9261e4', 'Emotionelle problemer'),
  ],
  goals: [
    'Såret er helet inden for tre måneder',
    'Smerterne er under kontrol i hverdagen',
    'Tager selv sin medicin hver morgen',
  ],
  visits: [
    { title: 'Sygeplejebesøg', minutes: 30, home: true },
    { title: 'Samtale i sygeplejeklinikken', minutes: 20, home: false },
  ],
  role: 'Sygeplejerske',
};
export const homeCare: HealthTopic = {
  unit: 'hjemmeplejen',
  title: 'Personlig pleje og praktisk hjælp',
  category: c('ad865929-7363-4b2d-a271-01993181fbaf', 'Kommunal pleje og omsorg'),
  purpose: 'At borgeren klarer så meget som muligt selv og får hjælp til resten.',
  legalBasis: 'SEL § 83',
  interventions: [
    c('17312894-b23f-43d9-9723-b725ac25d872', 'Personlig hygiejne'),
    c('43608562-e356-4990-8b96-e35128bbdc4f', 'Rengøring'),
    c('bc0306e2-5090-4bc8-b878-9814cafea403', 'Indkøb'),
    c('1ae7906b-5f16-4ba4-9077-7f59067cbedb', 'Hverdagens aktiviteter'),
  ],
  conditions: [
    c('4d46bd94-9518-431c-82e8-ebb91bca307a', 'Vaske sig'),
    c('75bfc8db-a220-4801-a8c7-5e968e94d44b', 'Lave mad'),
    c('a7ac8429-513f-43cd-bc69-96a8d0e0f0ff', 'Lave husligt arbejde'),
    c('51697715-965a-40f3-b4a5-819103bf9d49', 'Gå'),
  ],
  goals: ['Går selv i bad to gange om ugen', 'Laver sin egen morgenmad', 'Kommer ud af huset hver dag'],
  visits: [{ title: 'Hjemmebesøg ved visitator', minutes: 60, home: true }],
  role: 'Kontaktperson',
};
export const training: HealthTopic = {
  unit: 'traening',
  title: 'Genoptræning',
  category: c('ddd2f670-5ec7-4f9c-9a2c-aee25cb133bf', 'Kommunal genoptræning efter sygehusophold'),
  purpose: 'At genvinde funktionsevnen efter operation eller sygdom.',
  legalBasis: 'SUL § 140',
  interventions: [
    c('2abe20c7-c0b4-41c1-b397-52acf36499ef', 'Fysisk træning'),
    c('7f825e3e-1a5c-4249-bf41-9f7171fb6b8a', 'ADL-træning'),
    c('2c661159-1bb3-4af2-bdf1-f3a9927a99e2', 'Kognitiv træning'),
  ],
  conditions: [
    c('396c3048-410b-46a8-89e6-ba89cd0e8fda', 'Muskelfunktion'),
    c('1b5ad154-d22c-4949-a5db-c01ccefd64d9', 'Balance'),
    c('acb817ea-63aa-4d7e-aa67-f557c73f7c8a', 'Udholdenhed'),
  ],
  goals: ['Går en halv time uden pause', 'Cykler til arbejde igen', 'Løfter ti kilo uden smerter'],
  visits: [
    { title: 'Træning på hold', minutes: 60, home: false },
    { title: 'Individuel træning', minutes: 45, home: false },
  ],
  role: 'Fysioterapeut',
};
export const prevention: HealthTopic = {
  unit: 'forebyggelse',
  title: 'Sundhedsfremme og forebyggelse',
  category: c('4fd6c23a-6ff3-4251-ac37-3ca095027b5b', 'Kommunal Sundhedsfremme og forebyggelse'),
  purpose: 'At borgeren får vaner, der styrker trivsel og helbred.',
  legalBasis: 'SUL § 119',
  interventions: [
    c('c9a99304-1788-43b7-b7be-e187b092ae9c', 'Kostvejledning'),
    c('f30cab6d-2a42-4358-99d7-811127fb6e05', 'Mental håndtering'),
    c('6d24992e-e0a2-43e7-bc27-0234622a8655', 'Nikotin- og tobaksafvænning'),
    c('ab87c0b5-40be-4e0a-b749-d9f833bfed2d', 'Fysisk træning'),
  ],
  conditions: [
    c('cb55874a-93d9-45c7-a25a-8ff677c24385', 'Søvn og hvile'),
    c('ba083ca7-fe46-41d0-acd5-85851ac8137f', 'Trivsel'),
    c('f1f1eee3-a3ea-4ca1-bfa9-ebb381af1a1f', 'Fysisk aktivitet'),
  ],
  goals: ['Er aktiv tre gange om ugen', 'Sover seks timer hver nat', 'Er holdt op med at ryge'],
  visits: [
    { title: 'Afklarende samtale', minutes: 45, home: false },
    { title: 'Lær at tackle stress, holdmøde', minutes: 120, home: false },
  ],
  role: 'Sundhedskonsulent',
};
export const family: HealthTopic = {
  unit: 'boern',
  title: 'Samlet plan for søskende',
  category: c('01302bcb-c7f3-42c4-8ded-68e33da064eb', 'Lettilgængelige tilbud til børn og unge i psykisk mistrivsel'),
  purpose: 'At børnene trives hjemme og i skolen.',
  legalBasis: 'Barnets lov § 91',
  interventions: [c('f30cab6d-2a42-4358-99d7-811127fb6e05', 'Mental håndtering')],
  conditions: [
    c('ba083ca7-fe46-41d0-acd5-85851ac8137f', 'Trivsel'),
    c('08042057-72f4-4798-a727-75ce6205dc86', 'Sociale relationer'),
  ],
  goals: ['Kommer i skole hver dag', 'Har en ven med hjemme hver uge', 'Søskende kan være sammen uden konflikter'],
  visits: [
    { title: 'Familiemøde', minutes: 60, home: false },
    { title: 'Samtale med sundhedsplejersken', minutes: 30, home: true },
  ],
  role: 'Familierådgiver',
};

export const results = ['Fortsættes', 'Ændres inden for rammen', 'Afsluttes'] as const;
export const documents = [
  'Genoptræningsplan',
  'Udskrivningsrapport',
  'Funktionsevnevurdering',
  'Plan for pleje',
] as const;
