// The FHIR stub as a conformance harness: two citizens with every kind, one kind over several pages.
import type { RawRecord } from '../../src/adapter/contract.ts';
import type { Harness } from '../adapter.ts';
import type { FhirResource } from '../sandbox/fhir/data.ts';
import { startFhirStub } from '../sandbox/fhir/server.ts';
import { patientsOf } from '../sandbox/fhir/store.ts';

const cpr = '0101019990';
const otherCpr = '0202029990';
const name = 'Kanariefugl';
const secret = 'stub-secret-not-to-be-told';

const dated = (resource: FhirResource, minute: number): FhirResource => ({
  ...resource,
  meta: { lastUpdated: new Date(Date.UTC(2026, 5, 1, 8, minute)).toISOString() },
});

const subject = (owner: string): object => ({ reference: `Patient/${owner}` });
const code = { text: 'Noget' };

/** What each kind needs besides its subject. */
const shapes: Readonly<Record<string, (owner: string) => object>> = {
  RelatedPerson: (owner) => ({ patient: subject(owner), name: [{ given: ['Anna'], family: name }] }),
  CarePlan: (owner) => ({ status: 'active', intent: 'plan', subject: subject(owner) }),
  Goal: (owner) => ({ lifecycleStatus: 'active', description: { text: 'Mål' }, subject: subject(owner) }),
  CareTeam: (owner) => ({ subject: subject(owner), participant: [{ member: { reference: 'Organization/o1' } }] }),
  Encounter: (owner) => ({ status: 'planned', subject: subject(owner), period: { start: '2026-06-02' } }),
  Appointment: (owner) => ({
    status: 'booked',
    participant: [{ actor: subject(owner) }],
    start: '2026-06-02T08:00:00Z',
  }),
  DocumentReference: (owner) => ({ status: 'current', subject: subject(owner), content: [] }),
  Condition: (owner) => ({ subject: subject(owner), code }),
  Observation: (owner) => ({ status: 'final', subject: subject(owner), code, effectiveDateTime: '2026-06-02' }),
  Procedure: (owner) => ({ status: 'completed', subject: subject(owner), code, performedDateTime: '2026-06-02' }),
  ClinicalImpression: (owner) => ({ subject: subject(owner) }),
  Consent: (owner) => ({ status: 'active', patient: subject(owner) }),
  Communication: (owner) => ({ subject: subject(owner) }),
  ServiceRequest: (owner) => ({ subject: subject(owner) }),
};
const observations = 12;

const patient = (id: string, number: string): FhirResource => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: 'urn:oid:1.2.208.176.1.2', value: number }],
  name: [{ given: ['Pip'], family: name }],
});

const resources = (): Record<string, FhirResource[]> => {
  const data: Record<string, FhirResource[]> = {
    Patient: [dated(patient('p1', cpr), 0), dated(patient('p2', otherCpr), 1)],
    Organization: [dated({ resourceType: 'Organization', id: 'o1', name: 'Hjemmeplejen' }, 0)],
  };
  for (const [resourceType, shape] of Object.entries(shapes)) {
    const count = resourceType === 'Observation' ? observations : 1;
    data[resourceType] = ['p1', 'p2'].flatMap((owner) =>
      Array.from({ length: count }, (_, at) =>
        dated({ resourceType, id: `${owner}-${at}`, ...shape(owner) }, (at * 7) % 13),
      ),
    );
  }
  return data;
};

export const startFhirHarness = async (): Promise<Harness> => {
  const data = resources();
  const stub = await startFhirStub({ data, auth: { clientId: 'hub', clientSecret: secret }, relativeLinks: true });
  const auth = { type: 'oauth2', tokenUrl: stub.tokenUrl, clientId: 'hub', clientSecret: secret };
  const config = { baseUrl: stub.url, pageSize: '5', auth };
  const counts = Object.fromEntries(Object.entries(data).map(([kind, list]) => [kind, list.length]));
  const mine = Object.fromEntries(
    Object.entries(data).map(([kind, list]) => [
      kind,
      list.filter((one) => (kind === 'Patient' ? one.id : patientsOf(one)[0]) === 'p1').length,
    ]),
  );
  return {
    config,
    badConfigs: [
      { config: { ...config, baseUrl: 'not a url' }, path: 'baseUrl' },
      { config: { ...config, pageSize: '100000' }, path: 'pageSize' },
      { config: { ...config, auth: { ...auth, clientId: '' } }, path: 'auth.clientId' },
    ],
    expected: counts,
    canaries: [cpr, otherCpr, name, secret],
    citizen: {
      cpr,
      unknownCpr: '0303039990',
      owns: (kind, record: RawRecord) => {
        const body = record.body as FhirResource;
        return (kind === 'Patient' ? body.id : patientsOf(body)[0]) === 'p1';
      },
      expected: mine,
    },
    ahead: Object.fromEntries(Object.keys(data).map((kind) => [kind, { since: '2999-01-01T00:00:00.000Z' }])),
    async remove(kind) {
      const [first] = data[kind] ?? [];
      if (first === undefined || kind === 'Patient') return undefined;
      stub.store.retract(kind, first.id);
      return first.id;
    },
    urls: () => stub.stats().urls,
    stop: stub.close,
    close: stub.close,
  };
};
