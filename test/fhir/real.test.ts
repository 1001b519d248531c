// Published FHIR records of Danish systems through stub, adapter and mappings. Every record served is accounted for.
// The records lie outside the project; without them (SAMSPIL_SHARED or ../shared) these tests are skipped, and say so.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseNumber } from '../../src/model/cpr.ts';
import { type Outcome, type Reading, readAll, withFolder } from './read.ts';

const shared = process.env.SAMSPIL_SHARED ?? join(import.meta.dirname, '../../../shared');
const data = join(shared, 'data/fhir');
const present = existsSync(data);
if (!present) console.warn('The published FHIR records are not there (set SAMSPIL_SHARED): their tests are skipped.');

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);
const accounted = (one: Outcome): number => one.mapped + one.notMapped + sum(one.rejected);
const short = ({ outcomes }: Reading): Record<string, string> =>
  Object.fromEntries(
    Object.entries(outcomes).map(([type, one]) => [
      type,
      [
        `${one.mapped} mapped`,
        ...(one.notMapped > 0 ? [`${one.notMapped} not mapped`] : []),
        ...Object.entries(one.rejected).map(([reason, n]) => `${n} ${reason}`),
      ].join(', '),
    ]),
  );
/** Every record's citizen is a Patient of the folder. */
const strangers = ({ subjects }: Reading): readonly string[] =>
  [...subjects.values()].flat().filter((ref) => ref.startsWith('Patient/') && !subjects.has(ref));
const fieldsOf = (reading: Reading): ReadonlyMap<string, string> =>
  new Map(
    [...reading.drafts].map(([key, drafts]) => [
      key,
      JSON.stringify(drafts.map((d) => [d.entity, d.part, d.fields, d.links])),
    ]),
  );

describe.skipIf(!present)('published records', () => {
  it('kl-gateway: all of it is used, and each step changes what its versions change', async () => {
    await withFolder(join(data, 'kl-gateway'), async (reading, stub, folder) => {
      expect(short(reading)).toEqual({
        CarePlan: '21 mapped',
        Condition: '20 mapped',
        Encounter: '22 mapped',
        Goal: '18 mapped',
        Observation: '21 mapped',
        Patient: '6 mapped',
        Procedure: '5 mapped',
      });
      for (const one of Object.values(reading.outcomes)) expect(one.issues).toEqual({});
      expect(strangers(reading)).toEqual([]);
      expect(
        new Set([...reading.subjects].filter(([key]) => key.startsWith('Patient/')).flatMap(([, refs]) => refs)).size,
      ).toBe(3);

      let before = fieldsOf(reading);
      const changes: [number, number][] = [];
      for (let put = folder.step(stub.store); put > 0; put = folder.step(stub.store)) {
        const after = fieldsOf(await readAll(stub));
        changes.push([put, [...after].filter(([key, fields]) => before.get(key) !== fields).length]);
        before = after;
      }
      expect(changes.map(([put]) => put)).toEqual([30, 10, 1, 1]);
      expect(changes.every(([put, changed]) => changed > 0 && changed <= put)).toBe(true);
    });
  });

  it('kl-ffb-plan: a social plan a caseworker recognises; what has no citizen is set aside', async () => {
    await withFolder(join(data, 'kl-ffb-plan'), (reading) => {
      expect(short(reading)).toEqual({
        Account: '0 mapped, 1 not mapped',
        CarePlan: '8 mapped',
        CareTeam: '2 mapped',
        ClinicalImpression: '0 mapped, 1 not mapped',
        Condition: '10 mapped',
        // A power of attorney in words.
        Consent: '0 mapped, 1 decision/missing',
        DocumentReference: '0 mapped, 2 subject',
        Encounter: '0 mapped, 1 subject',
        Goal: '3 mapped',
        MessageHeader: '0 mapped, 1 not mapped',
        Observation: '4 mapped',
        Organization: '0 mapped, 7 not mapped',
        Patient: '1 mapped',
        RelatedPerson: '2 mapped',
      });
      expect(strangers(reading)).toEqual([]);
      const [plan] = reading.drafts.get('CarePlan/55602964-b665-45bc-ad84-620c42e1761b') ?? [];
      expect(plan?.fields).toMatchObject({
        title: 'Social indsats',
        status: 'active',
        responsible: { unit: 'Socialrådgivergruppe B', person: 'Karen Karlsen' },
      });
      expect(plan?.links.filter(({ rel }) => rel === 'goal')).toHaveLength(3);
      const team = reading.drafts.get('CareTeam/66d6b6a4-c39d-493c-945d-73dffabf2549') ?? [];
      expect(team.map(({ entity, fields }) => [entity, fields.name ?? fields.title])).toEqual([
        ['contact', 'Karen Karlsen'],
        ['contact', 'John Jensen'],
        ['contact', 'Søren Sandemose'],
        ['intervention', 'Almindeligt længerevarende botilbud til voksne'],
      ]);
      const guardian = reading.drafts.get('RelatedPerson/77332be5-4721-4c2e-b72a-ed6593a3016a')?.[0];
      expect(guardian?.fields).toMatchObject({ role: { display: 'Værge (værgemålsloven § 5)' } });
      const interventions = [...reading.drafts.values()]
        .flat()
        .filter(({ entity, fields }) => entity === 'intervention' && fields.type === 'intervention');
      expect(interventions).toHaveLength(6);
    });
  });

  it('dk-core-patients: every kind of number is accepted, and the protected one is protected', async () => {
    await withFolder(join(data, 'dk-core-patients'), (reading, _stub, folder) => {
      expect(short(reading)).toEqual({ Patient: '48 mapped' });
      const types = folder.numbers.map((number) => parseNumber(number)?.type);
      expect(
        Object.fromEntries(
          Map.groupBy(types, String)
            .entries()
            .map(([type, all]) => [type, all.length]),
        ),
      ).toEqual({
        cpr: 38,
        'x-ecpr': 1,
        'd-ecpr': 2,
      });
      expect(reading.drafts.get('Patient/Confidential')?.[0]?.fields).toMatchObject({
        protection: { name: true, address: true },
      });
    });
  });

  it.each(['medcom-hospitalnotification', 'medcom-carecommunication'])(
    '%s: every record is accounted for',
    async (folder) => {
      await withFolder(join(data, folder), (reading) => {
        for (const [type, one] of Object.entries(reading.outcomes))
          if (type !== 'Encounter') expect([type, accounted(one)]).toEqual([type, one.served]);
        // One admission was cancelled: entered in error, so deleted.
        const { Encounter: stays } = reading.outcomes;
        if (stays !== undefined) expect([stays.served, accounted(stays)]).toEqual([12, 11]);
      });
    },
  );
});
