// What Nexus' catalogue of grants calls things, by the unit that carries them out: home care and rehabilitation (SEL
// §§ 83, 83 a, 86), home nursing and training after hospital (SUL §§ 138, 140), prevention (SUL § 119).
import type { NexusGrant } from '../nexus/data.ts';
import type { UnitId } from './staff.ts';

export interface CatalogueGrant {
  readonly name: string;
  readonly law: 'Serviceloven' | 'Sundhedsloven';
  readonly section: string;
  readonly supplier: string;
  readonly minutes: number;
  readonly repetition: NonNullable<NexusGrant['repetition']>;
  readonly kle?: NonNullable<NexusGrant['kle']>;
}

const daily = (visits: number) => ({ pattern: 'DAY', count: 1, weekdays: 0, weekenddays: 0, visits }) as const;
const weekly = (weekdays: number, count = 1) =>
  ({ pattern: 'WEEK', count, weekdays, weekenddays: 0, visits: 1 }) as const;
const care = { name: '27.36.04', description: 'Personlig og praktisk hjælp' };

export interface Care {
  readonly name: string;
  readonly grants: readonly CatalogueGrant[];
}

const nursing: Care = {
  name: 'Sygepleje',
  grants: [
    {
      name: 'Medicindosering (SUL § 138)',
      law: 'Sundhedsloven',
      section: '§ 138',
      supplier: 'Hjemmesygeplejen',
      minutes: 20,
      repetition: weekly(1, 2),
    },
    {
      name: 'Sårbehandling (SUL § 138)',
      law: 'Sundhedsloven',
      section: '§ 138',
      supplier: 'Hjemmesygeplejen',
      minutes: 30,
      repetition: weekly(2),
    },
    {
      name: 'Grundlæggende sygepleje (SUL § 138)',
      law: 'Sundhedsloven',
      section: '§ 138',
      supplier: 'Hjemmesygeplejen',
      minutes: 15,
      repetition: daily(1),
    },
  ],
};

const byUnit: Readonly<Partial<Record<UnitId, Care>>> = {
  hjemmeplejen: {
    name: 'Pleje og praktisk hjælp',
    grants: [
      {
        name: 'Personlig pleje',
        law: 'Serviceloven',
        section: '§ 83, stk. 1',
        supplier: 'Hjemmeplejen',
        minutes: 20,
        repetition: daily(2),
        kle: care,
      },
      {
        name: 'Rengøring',
        law: 'Serviceloven',
        section: '§ 83, stk. 1',
        supplier: 'Egevang Privat Hjemmehjælp ApS',
        minutes: 45,
        repetition: weekly(1, 2),
        kle: care,
      },
      {
        name: 'Rehabiliteringsforløb § 83 a',
        law: 'Serviceloven',
        section: '§ 83 a',
        supplier: 'Hjemmeplejen',
        minutes: 45,
        repetition: weekly(3),
        kle: { name: '27.36.06', description: 'Rehabiliteringsforløb' },
      },
    ],
  },
  hjemmesygeplejen: nursing,
  traening: {
    name: 'Træning',
    grants: [
      {
        name: 'Almen genoptræning (SUL § 140)',
        law: 'Sundhedsloven',
        section: '§ 140',
        supplier: 'Træning og Rehabilitering',
        minutes: 60,
        repetition: weekly(2),
      },
      {
        name: 'Vedligeholdende træning § 86, stk. 2',
        law: 'Serviceloven',
        section: '§ 86, stk. 2',
        supplier: 'Træning og Rehabilitering',
        minutes: 60,
        repetition: weekly(1),
      },
    ],
  },
  forebyggelse: {
    name: 'Forebyggelse',
    grants: [
      {
        name: 'Forebyggende hjemmebesøg',
        law: 'Serviceloven',
        section: '§ 79 a',
        supplier: 'Sundhedsfremme og Forebyggelse',
        minutes: 60,
        repetition: weekly(1, 26),
      },
      {
        name: 'Kostvejledning (SUL § 119)',
        law: 'Sundhedsloven',
        section: '§ 119',
        supplier: 'Sundhedsfremme og Forebyggelse',
        minutes: 45,
        repetition: weekly(1, 4),
      },
    ],
  },
};

/** What a unit gives; the nurses come wherever nobody else does. */
export const careBy = (unit: UnitId): Care => byUnit[unit] ?? nursing;

export const visits = ['Sygeplejebesøg', 'Hjemmepleje', 'Besøg ved visitator', 'Træning i hjemmet'] as const;
export const documents = ['Funktionsevnevurdering', 'Helhedsvurdering', 'Observation', 'Døgnrytmeplan'] as const;
