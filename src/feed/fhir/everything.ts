// `Patient/{id}/$everything`: the plan the reader may see as a Bundle of FHIR R4 resources, in a fixed order, in pages.
import type { Consent } from '../../consent/consent-text.ts';
import type { KeyRing } from '../../store/crypto.ts';
import type { MasterFields } from '../../store/master-data.ts';
import type { StoredPlan } from '../../store/plans.ts';
import type { FeedSource } from '../context.ts';
import { recordsOf } from '../shown-plan.ts';
import { careTeam, patient, provenance } from './people.ts';
import { makers, type PlanLink, type PlanRecord, type Resource } from './resources.ts';

export interface Everything {
  readonly citizen: MasterFields;
  readonly plan: StoredPlan;
  readonly consents: readonly Consent[];
  readonly sources: readonly FeedSource[];
}

const consentOf = (consent: Consent, citizen: string): Resource => ({
  resourceType: 'Consent',
  id: consent.id,
  meta: { versionId: String(consent.version), lastUpdated: consent.recordedAt },
  status: consent.withdrawn ? 'inactive' : 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: `Patient/${citizen}` },
  dateTime: consent.recordedAt,
  policyRule: { text: consent.text },
  provision: {
    type: consent.decision === 'grant' ? 'permit' : 'deny',
    period: { start: consent.from, ...(consent.to === undefined ? {} : { end: consent.to }) },
    ...(consent.recipient === undefined
      ? {}
      : {
          actor: [
            {
              role: {
                coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }],
              },
              reference: { display: consent.recipient },
            },
          ],
        }),
  },
});

/** Only the latest version of each: R4's Consent has no history here. */
const latest = (consents: readonly Consent[]): readonly Consent[] => {
  const newest = new Map<string, Consent>();
  for (const consent of consents)
    if ((newest.get(consent.id)?.version ?? 0) < consent.version) newest.set(consent.id, consent);
  return [...newest.values()];
};

const order = ['Patient', 'CarePlan', 'Goal', 'CareTeam', 'Appointment', 'DocumentReference', 'Consent', 'Provenance'];
export const sortKey = ({ resourceType, id }: Resource): string => `${order.indexOf(resourceType)}/${id}`;

/** Every resource of the answer, in order. */
export const resourcesOf = (keys: KeyRing, { citizen, plan, consents, sources }: Everything): readonly Resource[] => {
  const id = String(citizen['id']);
  const records = recordsOf<PlanRecord>(plan);
  const links = Map.groupBy(JSON.parse(`[${plan.links}]`) as PlanLink[], (link) => link.from);
  const made = records.flatMap((record) => {
    const own = links.get(record.id) ?? [];
    const to = (rel: string): readonly string[] => own.flatMap((link) => (link.rel === rel ? [link.to] : []));
    const resource = makers[record.kind]?.(record, id, to);
    return resource === undefined ? [] : [{ record, resource }];
  });
  const contacts = Map.groupBy(
    records.filter((record) => record.kind === 'contact'),
    (record) => record.source,
  );
  const teams = [...contacts].map(([source, own]) => ({
    record: own[0] as PlanRecord,
    resource: careTeam(keys.uuid('record', `team ${id} ${source}`), own, id),
  }));
  const all = [...made, ...teams];
  const newest = records
    .map((record) => record.observedAt)
    .sort()
    .at(-1);
  const origins = [...Map.groupBy(all, ({ record }) => record.source)].map(([name, own]) =>
    provenance(
      keys.uuid('record', `provenance ${id} ${name}`),
      sources.find((source) => source.id === name) ?? { id: name, title: name },
      own.map(({ resource }) => resource),
      own
        .map(({ record }) => record.observedAt)
        .sort()
        .at(-1) ?? '',
    ),
  );
  return [
    patient(citizen, newest),
    ...all.map(({ resource }) => resource),
    ...latest(consents).map((consent) => consentOf(consent, id)),
    ...origins,
  ].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
};
