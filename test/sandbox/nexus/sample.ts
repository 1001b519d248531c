// A small municipality for tests: one citizen with some of everything, others with little, one whom Nexus does not show.
import type { NexusData, NexusGrant, NexusMessage, NexusPatient } from './data.ts';

export const canaries = { cpr: '0102609996', name: 'Sanne Kanariegaard' } as const;
export const closedCpr = '0102609988';
export const unknownCpr = '3112999999';

export const sampleGrant = (id: number, more: Partial<NexusGrant> = {}): NexusGrant => ({
  id,
  version: 1,
  name: 'Rehabiliteringsforløb § 83 a',
  state: 'Bestilt',
  paragraph: { law: 'Serviceloven', section: '§ 83 a' },
  supplier: 'Hjemmeplejen Egevang',
  minutes: 30,
  repetition: { pattern: 'WEEK', count: 1, weekdays: 3, weekenddays: 0, visits: 1 },
  dates: { workflowApprovedDate: '2026-09-01', orderedDate: '2026-09-05', basketGrantEndDate: '2026-12-01' },
  kle: { name: '27.36.06', description: 'Rehabiliteringsforløb' },
  kl: { code: 'H2', name: 'SEL § 83A' },
  ...more,
});

const message = (id: number): NexusMessage => ({
  id,
  version: 0,
  subject: 'Korrespondance',
  date: '2026-10-01T08:00:00Z',
});

export interface SampleData extends NexusData {
  readonly patients: Map<string, NexusPatient>;
  change(cpr: string, change: (patient: NexusPatient) => NexusPatient): void;
}

const someone = (id: number, cpr: string, more: Partial<NexusPatient> = {}): NexusPatient => ({
  id,
  version: 3,
  cpr,
  accessible: true,
  firstName: 'Per',
  lastName: 'Prøve',
  gender: 'MALE',
  birthDate: '1960-02-01',
  address: { line: 'Prøvevej 1', postalCode: '9991', city: 'Egevang' },
  protectedAddress: false,
  pathways: [],
  events: [],
  organisations: [],
  messages: [],
  ...more,
});

export const sampleData = (): SampleData => {
  const known = [
    someone(9001, canaries.cpr, {
      firstName: 'Sanne',
      lastName: 'Kanariegaard',
      pathways: [
        {
          id: 500,
          version: 2,
          name: 'Sundhedsfagligt grundforløb',
          date: '2026-01-10T09:00:00Z',
          status: 'ACTIVE',
          grants: [],
          references: [
            { id: 701, version: 1, type: 'professionalReference', name: 'Bente Winther', date: '2026-01-10T09:00:00Z' },
          ],
          children: [
            {
              id: 501,
              version: 1,
              name: 'FSIII',
              date: '2026-01-11T09:00:00Z',
              status: 'ACTIVE',
              children: [],
              grants: [
                sampleGrant(6001),
                sampleGrant(6002, { state: 'Fjernet' }),
                sampleGrant(6003, { state: 'Afsluttet' }),
              ],
              references: [
                {
                  id: 801,
                  version: 1,
                  type: 'formDataV2Reference',
                  name: 'Funktionsevnevurdering',
                  date: '2026-02-01T09:00:00Z',
                },
              ],
            },
          ],
        },
      ],
      events: [1, 2, 3].map((n) => ({
        id: 4000 + n,
        version: 1,
        title: 'Sygeplejebesøg',
        type: 'VISIT',
        start: new Date(Date.now() + n * 86_400_000).toISOString(),
        end: new Date(Date.now() + n * 86_400_000 + 1_800_000).toISOString(),
        status: 'PLANNED',
        participants: [{ name: 'Bente Winther', role: 'Sygeplejerske' }],
      })),
      organisations: [
        {
          id: 301,
          version: 0,
          organisation: { id: 31, name: 'Hjemmesygeplejen Nord' },
          start: '2026-01-10',
          primary: true,
        },
      ],
      messages: Array.from({ length: 7 }, (_, n) => message(900 + n)),
    }),
    someone(9002, '0102609970'),
    someone(9003, closedCpr, { accessible: false }),
  ];
  const patients = new Map(known.map((patient) => [patient.cpr, patient]));
  return {
    patients,
    byCpr: (cpr) => patients.get(cpr),
    byId: (id) => [...patients.values()].find((patient) => patient.id === id),
    change(cpr, change) {
      const patient = patients.get(cpr);
      if (patient !== undefined) patients.set(cpr, change(patient));
    },
  };
};
