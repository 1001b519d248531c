// What citizens have said in the health system about who may see what health knows of them, as FHIR R4 Consents: some let
// a team of the social services see their appointments, some refuse a provider, some have changed their minds. The showcase
// citizen has one of each; none of them names a reader of the sandbox.
import type { FhirResource } from '../fhir/data.ts';
import { instantAt, plusDays } from './days.ts';
import { code, coding, concept, systems } from './fhir-codes.ts';
import { keyOf } from './keys.ts';
import type { Make } from './to-fhir.ts';
import type { Citizen } from './types.ts';

/** As the health system names them; the hub's configuration says who they are there. */
const parties = {
  psychiatry: { reference: 'Organization/2120', display: 'Socialpsykiatri, myndighed' },
  addiction: { reference: 'Organization/2130', display: 'Rusmiddelcenter Egevang' },
  provider: { reference: 'Organization/fjordens', display: 'Fjordens Socialpædagoger ApS' },
} as const;

interface Said {
  readonly type: 'permit' | 'deny';
  readonly party: keyof typeof parties;
  /** Days from today. */
  readonly from: number;
  readonly until?: number;
  readonly status?: 'active' | 'inactive';
  /** FHIR resource types. */
  readonly about?: readonly string[];
}

const showcase: readonly Said[] = [
  { type: 'permit', party: 'psychiatry', from: -20, until: 345, about: ['Appointment', 'Goal'] },
  { type: 'deny', party: 'provider', from: -20 },
  { type: 'permit', party: 'addiction', from: -200, until: 165, status: 'inactive' },
];

const saidBy = (index: number): readonly Said[] => {
  if (index === 0) return showcase;
  if (index % 9 === 4) return [{ type: 'deny', party: 'provider', from: -(index % 50) }];
  if (index % 5 !== 2) return [];
  return [
    {
      type: 'permit',
      party: index % 2 === 0 ? 'psychiatry' : 'addiction',
      from: -(index % 90) - 1,
      until: 300,
      status: index % 4 === 3 ? 'inactive' : 'active',
      ...(index % 3 === 0 ? {} : { about: ['Appointment'] }),
    },
  ];
};

export const consentsOf = (
  { person }: Citizen,
  make: Make,
  patient: object,
  { seed, today }: { readonly seed: number; readonly today: string },
): readonly FhirResource[] =>
  saidBy(person.index).map(({ type, party, from, until, status = 'active', about }, n) =>
    make('Consent', keyOf(seed, person.index, 'fhir', 'consent', n), {
      status,
      scope: concept('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy'),
      category: [concept(systems.actCode, 'IDSCL')],
      patient,
      dateTime: instantAt(plusDays(today, from), '10:15'),
      provision: {
        type,
        period: {
          start: plusDays(today, from),
          ...(until === undefined ? {} : { end: plusDays(today, until) }),
        },
        actor: [
          {
            role: concept('http://terminology.hl7.org/CodeSystem/v3-ParticipationType', 'IRCP'),
            reference: parties[party],
          },
        ],
        code: [concept('urn:samspil:domain', 'health')],
        purpose: [coding('http://terminology.hl7.org/CodeSystem/v3-ActReason', 'COC')],
        securityLabel: [code('N', 'normal')],
        ...(about === undefined
          ? {}
          : { class: about.map((one) => coding('http://hl7.org/fhir/resource-types', one)) }),
      },
    }),
  );
