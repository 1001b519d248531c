// The Nexus stub's answers: what each link leads to, as KMD's interface writes it. Undefined is a 404.
import type { NexusData, NexusPathway, NexusPatient } from './data.ts';
import { elementsOf } from './elements.ts';
import type { Links, Target } from './links.ts';

export interface Answering {
  readonly data: NexusData;
  readonly links: Links;
  /** Messages on a page of the inbox. */
  readonly pageSize: number;
}

const nexusInstant = (instant: string): string => instant.replace(/Z$/, '+0000');

const patientAnswer = (patient: NexusPatient, links: Links): unknown => {
  const own = (what: Target['what']) => links.to({ what, patient: patient.id });
  const number = `${patient.cpr.slice(0, 6)}-${patient.cpr.slice(6)}`;
  return {
    id: patient.id,
    version: patient.version,
    firstName: patient.firstName,
    lastName: patient.lastName,
    fullName: `${patient.firstName} ${patient.lastName}`,
    patientIdentifier: { type: 'cpr', identifier: number, managedExternally: true },
    gender: patient.gender,
    birthDate: patient.birthDate,
    currentAddress: {
      addressLine1: patient.address.line,
      postalCode: patient.address.postalCode,
      postalDistrict: patient.address.city,
      restricted: patient.protectedAddress,
    },
    patientState: { id: 1, name: 'Aktiv' },
    _links: {
      self: own('whole'),
      patientPreferences: own('preferences'),
      patientOrganizations: own('organisations'),
      inboxMessages: own('inbox'),
    },
  };
};

/** Wherever something is referred to: enough to know it by, and where it is. */
const node = (
  patient: NexusPatient,
  links: Links,
  fields: Readonly<Record<string, unknown>>,
  what: Target['what'],
  id: number,
) => ({
  children: [],
  ...fields,
  _links: {
    referencedObject: links.to({ what, patient: patient.id, id }),
    self: links.to({ what: 'whole', patient: patient.id, id }),
  },
});

const treeOf = (
  patient: NexusPatient,
  links: Links,
  pathways: readonly NexusPathway[],
  parent: number | null,
): readonly unknown[] =>
  pathways.map((pathway) => {
    const grants = pathway.grants.map(({ id, version, name, state }) =>
      node(
        patient,
        links,
        { type: 'basketGrantReference', id, version, name, workflowState: { name: state } },
        'grant',
        id,
      ),
    );
    const references = pathway.references.map(({ id, date, ...rest }) =>
      node(patient, links, { ...rest, id, date: nexusInstant(date) }, 'whole', id),
    );
    // Grants lie in a folder of the pathway, documents and people in the pathway itself.
    const folder = { type: 'folderReference', id: null, version: 0, name: 'Indsatser', children: grants, _links: {} };
    return {
      type: 'patientPathwayReference',
      id: null,
      version: pathway.version,
      name: pathway.name,
      date: nexusInstant(pathway.date),
      pathwayStatus: pathway.status,
      patientPathwayId: pathway.id,
      programPathwayId: 58,
      pathwayTypeId: 22,
      parentPathwayId: parent,
      children: [
        ...treeOf(patient, links, pathway.children, pathway.id),
        ...(grants.length === 0 ? [] : [folder]),
        ...references,
      ],
      _links: { self: links.to({ what: 'whole', patient: patient.id, id: pathway.id }) },
    };
  });

const grantsIn = (pathways: readonly NexusPathway[]): NexusPathway['grants'] =>
  pathways.flatMap(({ grants, children }) => [...grants, ...grantsIn(children)]);

const grantAnswer = (patient: NexusPatient, links: Links, id: number): unknown => {
  const grant = grantsIn(patient.pathways).find((one) => one.id === id);
  if (grant === undefined) return undefined;
  return {
    id,
    version: grant.version,
    name: grant.name,
    workflowState: { id: 1400, name: grant.state, key: null, _links: {} },
    basketId: 427_000,
    basketGrantId: id,
    uid: null,
    color: 'E6C315',
    model: 'CASEFLOW_PAY_FREQ',
    patient: patientAnswer(patient, links),
    currentElements: elementsOf(grant),
    currentWorkflowTransitions: [{ id: 401, name: 'Afslut', resultWith: { id: 1401, name: 'Afsluttet' } }],
    futureElements: null,
    futureWorkflowTransitions: [],
    _links: { self: links.to({ what: 'grant', patient: patient.id, id }) },
  };
};

const eventsAnswer = ({ events }: NexusPatient, query: URLSearchParams): unknown => {
  const [from, to] = [Date.parse(query.get('from') ?? ''), Date.parse(query.get('to') ?? '')];
  const inside = events.filter(({ start }) => Date.parse(start) >= from && Date.parse(start) < to);
  return {
    eventResources: inside.map(({ start, end, ...rest }) => ({
      ...rest,
      start: nexusInstant(start),
      end: nexusInstant(end),
      allDay: false,
      _links: {},
    })),
  };
};

export const searchAnswer = ({ data, links }: Answering, cpr: string): unknown => {
  const patient = data.byCpr(cpr);
  if (patient === undefined) return undefined;
  return patient.accessible
    ? { isPatientAccessible: true, patient: patientAnswer(patient, links) }
    : { isPatientAccessible: false, patient: null };
};

export const answerTo = (
  { data, links, pageSize }: Answering,
  { what, patient: owner, id }: Target,
  query: URLSearchParams,
): unknown => {
  const patient = owner === undefined ? undefined : data.byId(owner);
  if (patient === undefined || !patient.accessible) return undefined;
  const own = (to: Target['what'], of?: number) =>
    links.to({ what: to, patient: patient.id, ...(of === undefined ? {} : { id: of }) });
  if (what === 'preferences')
    return {
      CITIZEN_PATHWAY: [
        { id: 1, name: '- Alt', _links: { self: own('view') } },
        { id: 2, name: 'Aktive forløb', _links: { self: own('view', 2) } },
      ],
      CITIZEN_CALENDAR: [{ id: 3, name: 'Borgerkalender', _links: { self: own('calendar') } }],
    };
  if (what === 'view')
    return { name: '- Alt', _links: { pathwayReferences: own('tree'), patientActivities: own('whole') } };
  if (what === 'tree') return treeOf(patient, links, patient.pathways, null);
  if (what === 'calendar') return { name: 'Borgerkalender', _links: { events: own('events') } };
  if (what === 'events') return eventsAnswer(patient, query);
  if (what === 'grant') return grantAnswer(patient, links, id ?? 0);
  if (what === 'organisations')
    return patient.organisations.map(({ organisation, start, end, primary, ...rest }) => ({
      ...rest,
      organization: { ...organisation, _links: {} },
      effectiveStartDate: start,
      effectiveEndDate: end ?? null,
      effectiveAtPresent: end === undefined,
      primaryOrganization: primary,
      _links: {},
    }));
  const pages = Math.ceil(patient.messages.length / pageSize);
  if (what === 'inbox')
    return {
      totalItems: patient.messages.length,
      pages: Array.from({ length: pages }, (_, page) => ({ _links: { self: own('inboxPage', page) } })),
    };
  if (what === 'inboxPage') {
    const from = (id ?? 0) * pageSize;
    return patient.messages
      .slice(from, from + pageSize)
      .map(({ date, ...rest }) => ({ ...rest, date: nexusInstant(date), _links: { self: own('whole', rest.id) } }));
  }
  return undefined;
};
