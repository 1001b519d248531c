// Maja Sandkasse in the index: what the other systems of the municipality have on her beside their plans. The flexible job
// she hopes for is being looked into, she lives on a benefit, a contact person has been granted, training is over, and
// the family department supports her three children, with whom and with whose father she is a party.
import { plusDays, workday } from './days.ts';
import type { Sketch } from './index-case.ts';
import { someoneNamed } from './staff.ts';
import type { Citizen, Person } from './types.ts';

/** @param changedAt when something befell her, if it did */
export const showcaseCases = (
  { person }: Citizen,
  today: string,
  family: readonly Person[],
  changedAt?: string,
): readonly Sketch[] => {
  const day = (days: number): string => workday(plusDays(today, days));
  const jobcentre = someoneNamed('job-voksen', 'Hanne Toft', 'Koordinerende sagsbehandler');
  const social = someoneNamed('2120', 'Trine Krogh', 'Socialrådgiver');
  const nurse = someoneNamed('hjemmesygeplejen', 'Ulla Vinther', 'Sygeplejerske');
  const families = someoneNamed('boern', 'Nadia Schou', 'Familierådgiver');
  const children = family.filter(({ child }) => child);
  const father = family.filter(({ child }) => !child);
  const own = [['PrimaerPart', person]] as const;
  return [
    {
      number: '15.20.24',
      topic: 'Fleksjob',
      title: 'Vurdering af fleksjob',
      legalBasis: 'LAB § 116',
      unit: 'job-voksen',
      handler: jobcentre,
      ...(changedAt !== undefined
        ? { second: { who: someoneNamed('jobcenter', 'Karim Juhl', 'Virksomhedskonsulent'), from: changedAt } }
        : {}),
      master: 'momentum',
      course: [
        ['Opstaaet', day(-60)],
        ['Oplyst', day(-14)],
      ],
      parties: own,
      sensitivity: 'FORTROLIGE_PERSONOPLYSNINGER',
    },
    {
      number: '32.24.04',
      topic: 'Hjælp til forsørgelse (kontanthjælp mv.)',
      title: 'Kontanthjælp',
      legalBasis: 'Aktivlovens § 11',
      unit: 'jobcenter',
      handler: someoneNamed('jobcenter', 'Bente Dalgaard', 'Ydelsesmedarbejder'),
      master: 'momentum',
      course: [
        ['Opstaaet', day(-420)],
        ['Afgjort', day(-406)],
      ],
      parties: own,
      sensitivity: 'FORTROLIGE_PERSONOPLYSNINGER',
      benefit: 'Kontanthjælp',
    },
    {
      number: '27.48.08',
      topic: 'Støtte- og kontaktperson',
      title: 'Støtte- og kontaktperson',
      legalBasis: 'SEL § 99',
      unit: '2120',
      handler: social,
      master: 'sensum',
      course: [
        ['Opstaaet', day(-40)],
        ['Oplyst', day(-12)],
        ['Afgjort', day(-3)],
      ],
      parties: own,
      sensitivity: 'FOELSOMME_PERSONOPLYSNINGER',
      intervention: 'Støtte- og kontaktperson',
      description: 'Vurderet på baggrund af udredning.',
    },
    {
      number: '29.21.04',
      topic: 'Genoptræning efter sundhedsloven',
      title: 'Genoptræning, ryg',
      legalBasis: 'SUL § 140',
      unit: 'hjemmesygeplejen',
      handler: nurse,
      master: 'omsorg',
      course: [
        ['Opstaaet', day(-300)],
        ['Afgjort', day(-290)],
        ['Afsluttet', day(-200)],
      ],
      parties: own,
      sensitivity: 'FOELSOMME_PERSONOPLYSNINGER',
    },
    {
      number: '27.24.00',
      topic: 'Særlig støtte til børn og unge i almindelighed',
      title: 'Støtte i hjemmet til tre søskende',
      legalBasis: 'Barnets lov § 32',
      unit: 'boern',
      handler: families,
      master: 'dubu',
      course: [
        ['Opstaaet', day(-180)],
        ['Oplyst', day(-120)],
        ['Afgjort', day(-100)],
      ],
      parties: [
        ...children.map((child) => ['PrimaerPart', child] as const),
        ['SekundaerPart', person] as const,
        ...father.map((parent) => ['SekundaerPart', parent] as const),
      ],
      sensitivity: 'FOELSOMME_PERSONOPLYSNINGER',
      intervention: 'Praktisk, pædagogisk støtte i hjemmet',
      exempt: { title: 'Støtte til familien', basis: 'Forvaltningslovens § 15 b' },
    },
  ];
};
