// One citizen with something in every kind, and one with nothing but a number, for the adapter's own tests.
import type { Authority, DfdgCitizen, DfdgData } from './data.ts';

export const canaries = { cpr: '0101609996', name: 'Karla Kanariegaard' } as const;
export const otherCpr = '0202609995';
export const unknownCpr = '3112999999';

const ansvarligMyndighed: Authority = { myndighed: { organisationskode: '999', navn: 'Jobcenter Egevang' } };
const minPlanId = '10000000-0000-4000-8000-000000000001';

export const sampleCitizen: DfdgCitizen = {
  cpr: canaries.cpr,
  minPlan: {
    minPlanId,
    minPlanVersionId: '10000000-0000-4000-8000-000000000002',
    status: 'Gaeldende',
    beskaeftigelsesmaal: `${canaries.name} vil arbejde i en børnehave`,
    oprettelsesdato: '2026-02-01',
    ansvarligMyndighed,
  },
  aktiviteter: [1, 2].map((n) => ({
    aktivitetId: `20000000-0000-4000-8000-00000000000${n}`,
    minPlanId,
    aktivitetsstamdata: {
      aktiveringstypeId: n,
      beskrivelse: `Virksomhedspraktik ${n}`,
      lokation: 'Børnehaven Solsikken',
    },
    status: 'Igangvaerende',
    startdato: '2026-09-01',
    slutdato: '2026-12-01',
    timerPrUge: 22,
    minutterPrUge: 30,
    ansvarligMyndighed,
  })),
  indkaldelser: [1, 2, 3].map((n) => ({
    indkaldelseId: `30000000-0000-4000-8000-00000000000${n}`,
    bookingnummer: `8800${n}`,
    start: `2026-12-0${n}T09:00:00Z`,
    slut: `2026-12-0${n}T09:30:00Z`,
    moedetitel: 'Jobsamtale',
    status: 'Booket',
    samtaletype: 7,
    moedeform: 'Fremmoede',
    selvbooket: false,
    myndighedsdeltagere: [{ navn: canaries.name, rolle: 'Sagsbehandler' }],
    ansvarligMyndighed,
  })),
  rehabiliteringsforloeb: [
    {
      rehabiliteringsforloebId: '40000000-0000-4000-8000-000000000001',
      rehabiliteringsforloebStatus: 'Oprettet',
      oprettelsesdato: '2026-03-01T10:00:00',
      senesteOpdateringsdato: '2026-03-02T10:00:00',
    },
  ],
};

export interface SampleData extends DfdgData {
  change(change: (citizen: DfdgCitizen) => DfdgCitizen): void;
}

export const sampleData = (): SampleData => {
  let own = sampleCitizen;
  const other: DfdgCitizen = {
    cpr: otherCpr,
    aktiviteter: [],
    indkaldelser: [],
    rehabiliteringsforloeb: [],
  };
  return {
    byCpr: (cpr) => [own, other].find((one) => one.cpr === cpr),
    change(change) {
      own = change(own);
    },
  };
};
