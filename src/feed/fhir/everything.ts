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
const sortKey = ({ resourceType, id }: Resource): string => `${order.indexOf(resourceType)}/${id}`;

/** One entry of the bundle, as it is sent. */
export interface EntryText {
  /** Where it stands in the order. */
  readonly key: string;
  readonly text: string;
}

/** By a plan's lists, which a remembered plan keeps: whatever changes consents makes the plan be read anew as well. */
const made = new WeakMap<StoredPlan['lists'], { readonly master: string; readonly entries: readonly EntryText[] }>();

const entryText = (resource: Resource): EntryText => ({
  key: sortKey(resource),
  text: JSON.stringify({
    fullUrl: `urn:uuid:${resource.id}`,
    resource,
    search: { mode: resource.resourceType === 'Patient' ? 'match' : 'include' },
  }),
});

/** The bundle's entries in order, made once for as long as the plan stands. `consents` is asked only then. */
export const entriesOf = async (
  keys: KeyRing,
  everything: Omit<Everything, 'consents'>,
  consents: () => Promise<readonly Consent[]>,
): Promise<readonly EntryText[]> => {
  const { plan } = everything;
  const master = JSON.stringify(everything.citizen);
  const known = made.get(plan.lists);
  if (known?.master === master) return known.entries;
  const entries = resourcesOf(keys, { ...everything, consents: await consents() }).map(entryText);
  made.set(plan.lists, { master, entries });
  return entries;
};

/** Every resource of the answer, in order. */
const resourcesOf = (keys: KeyRing, { citizen, plan, consents, sources }: Everything): readonly Resource[] => {
  const id = String(citizen['id']);
  const records = recordsOf<PlanRecord>(plan);
  const links = Map.groupBy(JSON.parse(`[${plan.links}]`) as PlanLink[], (link) => link.from);
  const shown = records.flatMap((record) => {
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
  const all = [...shown, ...teams];
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
