// The stores that make their records when asked must answer as ordinary stores that hold them all.
import { describe, expect, it } from 'vitest';
import type { FhirResource, Row } from '../fhir/data.ts';
import { createFhirStore } from '../fhir/store.ts';
import { createMomentumData, type MomentumData } from '../momentum/data.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { putMomentum } from './put-momentum.ts';
import { serveFhir } from './serve-fhir.ts';
import { serveMomentum } from './serve-momentum.ts';
import { createTally } from './tally.ts';
import { createTimes } from './times.ts';
import { createWorld } from './world.ts';

const citizens = 250;
const now = (): Date => new Date('2026-11-21T12:00:00.000Z');
const ledgerOf = (): Ledger => createLedger(createWorld({ citizens, enrolled: 20, seed: 5, today: '2026-11-21' }));

const heldMomentum = (ledger: Ledger): MomentumData => {
  const data = createMomentumData();
  for (let index = 0; index < citizens; index += 1) putMomentum(data, ledger.momentum(index));
  return data;
};

const changeMomentum = (data: MomentumData, ledger: Ledger): void => {
  const at = '2026-11-21T12:00:00.000Z';
  for (const index of [0, 7, 8, 120, 249])
    for (const offer of ledger.momentum(index).offers) data.offers.put({ ...offer, title: 'Ændret', updatedAt: at });
  const gone = [3, 4, 5, 6, 200].flatMap((index) => ledger.momentum(index).offers.slice(0, 1));
  for (const offer of gone) data.offers.remove(offer.id);
  const [offer] = ledger.momentum(0).offers;
  if (offer) data.offers.put({ ...offer, id: `${offer.id}-new`, updatedAt: at });
};

describe('the job centre served from the municipality', () => {
  it('pages, finds and totals as tables that hold everything, before and after changes', async () => {
    const ledger = ledgerOf();
    const [served, held] = [await serveMomentum(ledger), heldMomentum(ledger)];
    const agree = (): void => {
      expect(served.offers.size).toBe(held.offers.size);
      for (const since of [null, '2026-10-30T00:00:00.000Z', '2026-11-21T11:00:00.000Z', '2030-01-01T00:00:00.000Z'])
        for (let skip = 0; skip < held.offers.size + 40; skip += 37)
          expect(served.offers.changed(since, skip, 37)).toEqual(held.offers.changed(since, skip, 37));
      for (const row of held.offers.all()) {
        expect(served.offers.get(row.id)).toEqual(row);
        const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
        expect(served.offers.by(row.citizenId).toSorted(byId)).toEqual(held.offers.by(row.citizenId).toSorted(byId));
      }
    };
    agree();
    changeMomentum(served, ledger);
    changeMomentum(held, ledger);
    agree();
  });

  it('finds a citizen by the present and the former number', async () => {
    const ledger = ledgerOf();
    const served = await serveMomentum(ledger);
    for (const row of served.citizens.all())
      for (const number of [row.cpr, ...(row.previousCprs ?? [])])
        expect(served.citizens.by(number).map(({ id }) => id)).toEqual([row.id]);
    expect(served.citizens.by('0101010000')).toEqual([]);
    expect(served.citizens.get('no such key')).toBeUndefined();
  });
});

const ids = (rows: Iterable<Row>): readonly string[] => [...rows].map(({ resource }) => resource.id);

describe('health served from the municipality', () => {
  it('searches as a store that holds everything, before and after changes', () => {
    const ledger = ledgerOf();
    const all: FhirResource[] = [];
    for (let index = 0; index < citizens; index += 1) all.push(...ledger.fhir(index));
    const [served, held] = [serveFhir(ledger, now), createFhirStore({}, now)];
    for (const resource of all) held.put(resource, { keepTime: true });
    const patients = all.filter(({ resourceType }) => resourceType === 'Patient');
    const agree = (): void => {
      for (const type of served.types())
        for (const from of ['2026-01-01', '2026-11-05', '2026-11-21T12:00:00Z', '2030-01-01'].map(Date.parse)) {
          const [mine, theirs] = [ids(served.since(type, from)), ids(held.since(type, from))];
          expect(mine).toHaveLength(theirs.length);
          expect(new Set(mine)).toEqual(new Set(theirs));
        }
      for (const { id } of patients)
        for (const type of ['CarePlan', 'Appointment', 'Goal'])
          expect(new Set(ids(served.ofPatient(type, id)))).toEqual(new Set(ids(held.ofPatient(type, id))));
      for (const { resourceType, id } of all)
        expect(served.get(resourceType, id)?.meta).toEqual(held.get(resourceType, id)?.meta);
    };
    agree();
    for (const store of [served, held]) {
      for (const resource of all.filter((_, at) => at % 40 === 0)) store.put({ ...resource, language: 'da' });
      for (const { id } of all.filter(({ resourceType }) => resourceType === 'Goal').slice(0, 5))
        store.retract('Goal', id);
      for (const { id } of all.filter(({ resourceType }) => resourceType === 'Condition').slice(0, 5))
        store.remove('Condition', id);
      store.put({ resourceType: 'Task', id: 'added' });
    }
    agree();
  });

  it('finds patients by number, whichever system is asked for', () => {
    const ledger = ledgerOf();
    const served = serveFhir(ledger, now);
    for (const { resource } of served.since('Patient', 0))
      for (const { system, value } of resource['identifier'] as readonly { system: string; value: string }[]) {
        expect(ids(served.patients(value, system))).toEqual([resource.id]);
        expect(ids(served.patients(value, 'urn:other'))).toEqual([]);
      }
  });
});

describe('finding places', () => {
  it('turns times of change into indexes and back', () => {
    for (const size of [1, 250, 1_000_000]) {
      const times = createTimes(size, '2026-11-21');
      for (const index of [0, 1, Math.floor(size / 3), size - 1].filter((at) => at < size)) {
        expect(times.firstFrom(times.of(index))).toBe(index);
        expect(times.firstFrom(times.of(index) + 1)).toBe(index + 1);
      }
    }
  });

  it('finds the row after any number of rows', () => {
    const tally = createTally(2500);
    const list: [number, number][] = [];
    for (let index = 0; index < 2500; index += 1) {
      tally.set(index, index % 4);
      for (let rest = 0; rest < index % 4; rest += 1) list.push([index, rest]);
    }
    for (const skip of [0, 1, 5, 1499, 1500, 3000, 3749]) {
      const { index, rest } = tally.place(0, skip);
      expect([index, rest]).toEqual(list[skip]);
    }
    expect(tally.place(0, 3750).index).toBe(2500);
    expect(tally.from(2000)).toBe(750);
  });
});
