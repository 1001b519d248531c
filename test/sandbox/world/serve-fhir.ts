// The FHIR stub's store over the municipality: resources as they were at the beginning are made when searched for, in
// order of change, which is the order of citizens; what was put since lies over them in an ordinary store.
import { parseNumber } from '../../../src/model/cpr.ts';
import type { FhirResource, FhirStore, Row } from '../fhir/data.ts';
import { createFhirStore, patientsOf } from '../fhir/store.ts';
import { indexOfKey } from './keys.ts';
import type { Ledger } from './ledger.ts';
import { indexOfNumber } from './number.ts';

const ownTypes = [
  'Patient',
  'RelatedPerson',
  'CarePlan',
  'Goal',
  'Condition',
  'CareTeam',
  'Appointment',
  'Encounter',
  'Observation',
  'DocumentReference',
] as const;

export const serveFhir = ({ world, times, fhir }: Ledger, now: () => Date): FhirStore => {
  const { citizens } = world.options;
  const over = createFhirStore({}, now);
  const gone = new Set<string>();
  const hidden = (type: string, id: string): boolean => over.get(type, id) !== undefined || gone.has(`${type}/${id}`);

  const rowsOf = (index: number, type: string): readonly Row[] => {
    if (index >= citizens) return [];
    const at = times.of(index);
    return fhir(index).flatMap((resource, seq) =>
      resource.resourceType === type && !hidden(type, resource.id)
        ? [{ at, seq, resource: { ...resource, meta: { ...resource.meta, versionId: '1' } } }]
        : [],
    );
  };
  const original = (type: string, id: string): FhirResource | undefined =>
    rowsOf(indexOfKey(id), type).find(({ resource }) => resource.id === id)?.resource;

  function* since(type: string, from: number): Iterable<Row> {
    for (let index = times.firstFrom(from); index < citizens; index += 1) yield* rowsOf(index, type);
    yield* over.since(type, from);
  }

  /** Before a change: what was made so far moves into the store that lies over it. */
  const lift = (type: string, id: string): void => {
    const known = original(type, id);
    if (known !== undefined) over.put(known, { keepTime: true });
  };

  return {
    put(resource, options) {
      lift(resource.resourceType, resource.id);
      gone.delete(`${resource.resourceType}/${resource.id}`);
      return over.put(resource, options);
    },
    retract(type, id) {
      lift(type, id);
      over.retract(type, id);
    },
    remove(type, id) {
      over.remove(type, id);
      gone.add(`${type}/${id}`);
    },
    get: (type, id) => over.get(type, id) ?? original(type, id),
    types: () => [...new Set([...ownTypes, ...over.types()])],
    count(type) {
      let rows = 0;
      for (const _ of since(type, Number.NEGATIVE_INFINITY)) rows += 1;
      return rows;
    },
    since,
    ofPatient(type, patient) {
      const index = indexOfKey(patient);
      const holders = index < citizens ? (world.originAt(index).health?.plan.shared ?? [index]) : [];
      const found = [...new Set([index, ...holders])].flatMap((holder) => rowsOf(holder, type));
      const own = found.filter(({ resource }) => patientsOf(resource).includes(patient));
      return [...own, ...over.ofPatient(type, patient)];
    },
    patients(value, system) {
      const birthDate = parseNumber(value)?.birthDate;
      const index = birthDate === undefined ? citizens : indexOfNumber(value, birthDate);
      const own = rowsOf(index, 'Patient').filter(({ resource }) =>
        (resource['identifier'] as readonly { system?: string; value?: string }[]).some(
          (one) => one.value === value && (system === undefined || one.system === system),
        ),
      );
      return [...own, ...over.patients(value, system)];
    },
  };
};
