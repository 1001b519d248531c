// The FHIR stub's memory: rows in order of (time, number), replaced rows left behind and swept up now and then.
// Indexes by patient and by identifier are built the first time they are asked for.
import type { FhirData, FhirResource, FhirStore, Row } from './data.ts';

interface Shelf {
  readonly byId: Map<string, Row>;
  ordered: Row[];
  sorted: boolean;
  byPatient?: Map<string, Set<string>>;
}

const statusOf: Readonly<Record<string, string>> = { Goal: 'lifecycleStatus' };

const patientId = (reference: unknown): readonly string[] => {
  const id = /Patient\/([^/]+)/.exec(String((reference as { reference?: unknown } | undefined)?.reference ?? ''))?.[1];
  return id === undefined ? [] : [id];
};

const elements = <T>(list: unknown): readonly T[] => (Array.isArray(list) ? list : []);

/** Everyone a resource is about: its subject, the members of a contained Group, the Patients among the participants. */
export const patientsOf = (resource: FhirResource): readonly string[] => {
  const direct = [resource.subject, resource.patient].flatMap(patientId);
  if (direct.length > 0) return direct;
  const groups = elements<{ member?: unknown }>(resource.contained);
  const members = groups.flatMap(({ member }) => elements<{ entity?: unknown }>(member));
  const participants = elements<{ actor?: unknown }>(resource.participant);
  return [...members.map(({ entity }) => entity), ...participants.map(({ actor }) => actor)].flatMap(patientId);
};

const identifiersOf = (resource: FhirResource): readonly { system?: string; value?: string }[] =>
  Array.isArray(resource.identifier) ? resource.identifier : [];

const addTo = (index: Map<string, Set<string>>, key: string | undefined, id: string): void => {
  if (key === undefined) return;
  const known = index.get(key);
  if (known === undefined) index.set(key, new Set([id]));
  else known.add(id);
};

const addAll = (index: Map<string, Set<string>>, keys: readonly string[], id: string): void => {
  for (const key of keys) addTo(index, key, id);
};

const before = (a: Row, b: Row): number => a.at - b.at || a.seq - b.seq;

/** @param now the time of serving for resources that bring none. */
export const createFhirStore = (data: FhirData, now: () => Date = () => new Date()): FhirStore => {
  const shelves = new Map<string, Shelf>();
  let identifiers: Map<string, Set<string>> | undefined;
  let seq = 0;

  const shelfOf = (type: string): Shelf => {
    const known = shelves.get(type);
    if (known !== undefined) return known;
    const made: Shelf = { byId: new Map(), ordered: [], sorted: true };
    shelves.set(type, made);
    return made;
  };

  const index = (shelf: Shelf, resource: FhirResource): void => {
    if (shelf.byPatient !== undefined) addAll(shelf.byPatient, patientsOf(resource), resource.id);
    if (identifiers !== undefined && resource.resourceType === 'Patient')
      for (const identifier of identifiersOf(resource)) addTo(identifiers, identifier.value, resource.id);
  };

  const inOrder = (shelf: Shelf): Row[] => {
    if (!shelf.sorted || shelf.ordered.length > shelf.byId.size * 2 + 100) {
      shelf.ordered = [...shelf.byId.values()].sort(before);
      shelf.sorted = true;
    }
    return shelf.ordered;
  };

  const put: FhirStore['put'] = (resource, options) => {
    const shelf = shelfOf(resource.resourceType);
    const version = Number(shelf.byId.get(resource.id)?.resource.meta?.versionId ?? 0) + 1;
    const lastUpdated = (options?.keepTime === true ? resource.meta?.lastUpdated : undefined) ?? now().toISOString();
    const stored = { ...resource, meta: { ...resource.meta, versionId: String(version), lastUpdated } };
    const row: Row = { at: Date.parse(lastUpdated), seq: seq++, resource: stored };
    const last = shelf.ordered.at(-1);
    if (last !== undefined && last.at > row.at) shelf.sorted = false;
    shelf.byId.set(resource.id, row);
    shelf.ordered.push(row);
    index(shelf, stored);
    return stored;
  };

  const rowsOf = (shelf: Shelf, ids: Iterable<string>): Row[] =>
    [...ids].flatMap((id) => shelf.byId.get(id) ?? []).sort(before);

  for (const [type, resources] of Object.entries(data))
    for (const resource of resources) put({ ...resource, resourceType: type }, { keepTime: true });

  return {
    put,
    retract(resourceType, id) {
      const known = shelfOf(resourceType).byId.get(id)?.resource;
      if (known === undefined) return;
      const wrong = { coding: [{ code: 'entered-in-error' }] };
      put(
        resourceType === 'Condition'
          ? { ...known, verificationStatus: wrong }
          : { ...known, [statusOf[resourceType] ?? 'status']: 'entered-in-error' },
      );
    },
    remove(resourceType, id) {
      shelfOf(resourceType).byId.delete(id);
    },
    get: (resourceType, id) => shelves.get(resourceType)?.byId.get(id)?.resource,
    types: () => [...shelves.keys()],
    count: (resourceType) => shelves.get(resourceType)?.byId.size ?? 0,
    *since(resourceType, from) {
      const shelf = shelves.get(resourceType);
      if (shelf === undefined) return;
      const rows = inOrder(shelf);
      let low = 0;
      for (let high = rows.length; low < high; ) {
        const middle = (low + high) >> 1;
        if ((rows[middle]?.at ?? 0) < from) low = middle + 1;
        else high = middle;
      }
      for (let at = low; at < rows.length; at += 1) {
        const row = rows[at];
        if (row !== undefined && shelf.byId.get(row.resource.id) === row) yield row;
      }
    },
    ofPatient(resourceType, patient) {
      const shelf = shelves.get(resourceType);
      if (shelf === undefined) return [];
      if (shelf.byPatient === undefined) {
        shelf.byPatient = new Map();
        for (const { resource } of shelf.byId.values()) addAll(shelf.byPatient, patientsOf(resource), resource.id);
      }
      return rowsOf(shelf, shelf.byPatient.get(patient) ?? []).filter((row) =>
        patientsOf(row.resource).includes(patient),
      );
    },
    patients(value, system) {
      const shelf = shelfOf('Patient');
      if (identifiers === undefined) {
        identifiers = new Map();
        for (const { resource } of shelf.byId.values())
          for (const identifier of identifiersOf(resource)) addTo(identifiers, identifier.value, resource.id);
      }
      return rowsOf(shelf, identifiers.get(value) ?? []).filter((row) =>
        identifiersOf(row.resource).some(
          (one) => one.value === value && (system === undefined || one.system === system),
        ),
      );
    },
  };
};
