// Published FHIR records through adapter, mappings, pipeline and database: every record served is stored, quarantined
// with a reason, or not mapped; a second sync changes nothing; each step changes what its mapped content changes.
// The records lie outside the project; without them (SAMSPIL_SHARED or ../shared) these tests are skipped, and say so.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordId } from '../../src/pipeline/compose.ts';
import { type Reading, readAll } from '../fhir/read.ts';
import { changesOf, lastPosition } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { accountFor, type Counts, printCounts } from './accounts.ts';
import { contents, differing, type FhirHub, openFhirHub, publishedFhir } from './fhir-hub.ts';

const data = publishedFhir();
if (data === undefined)
  console.warn('The published FHIR records are not there (set SAMSPIL_SHARED): their proofs are skipped.');

/** What the mappings alone make of the records, by place. */
const meaningOf = ({ drafts }: Reading): ReadonlyMap<string, string> =>
  new Map(
    [...drafts].flatMap(([key, own]) =>
      own.map((draft): [string, string] => [
        `${key} ${draft.entity} ${draft.part}`,
        JSON.stringify([draft.fields, draft.links.map((link) => JSON.stringify(link)).sort(), draft.journalPath]),
      ]),
    ),
  );

const idOfPlace = (fhir: FhirHub, place: string): string => {
  const [at = '', entity = '', ...part] = place.split(' ');
  const [kind = '', ...key] = at.split('/');
  return recordId(fhir.hub.keys, 'health', { kind, key: key.join('/'), entity, part: part.join(' ') });
};

const linksOf = async (fhir: FhirHub): Promise<readonly { from_id: string; to_id: string }[]> =>
  (await fhir.hub.pool.query<{ from_id: string; to_id: string }>('select from_id, to_id from link')).rows;

describe.skipIf(data === undefined).each([
  { folder: 'kl-gateway', citizens: 3, patients: 6, put: [30, 10, 1, 1], reasons: [] },
  {
    folder: 'kl-ffb-plan',
    citizens: 1,
    patients: 1,
    put: [],
    reasons: ['DocumentReference subject/unreadable 2', 'Encounter subject/unreadable 1'],
  },
])('$folder', ({ folder, citizens, patients, put, reasons }) => {
  const database = useDatabase();
  let fhir: FhirHub;
  let first: Counts;
  beforeAll(async () => {
    fhir = await openFhirHub(join(data ?? '', folder), database.pool());
    await fhir.enrolAll();
    first = await fhir.sync();
    printCounts(`${folder}, every citizen enrolled`, first);
  });
  afterAll(() => fhir.close());

  it('has an end for every record served, and a reason for what is set aside', async () => {
    accountFor(first, (kind) => fhir.stub.store.count(kind));
    const { rows } = await database
      .pool()
      .query<{ text: string }>(
        `select kind || ' ' || code || ' ' || count(*) as text from quarantine where state = 'open' group by kind, code order by 1`,
      );
    expect(rows.map((row) => row.text)).toEqual(reasons);
  });

  it('makes one citizen of the patients with one number', async () => {
    const { rows } = await database.pool().query<{ citizens: number; patients: number }>(
      `select count(distinct citizen_id)::int as citizens, count(distinct r.key)::int as patients
       from citizen_record c join record r on r.id = c.record_id where r.source_kind = 'Patient'`,
    );
    expect(rows).toEqual([{ citizens, patients }]);
    expect(fhir.numbers).toHaveLength(citizens);
  });

  it('says nothing changed the second time', async () => {
    const position = await lastPosition(database.pool());
    const before = await contents(database.pool());
    const second = await fhir.sync();
    expect(await changesOf(database.pool(), position)).toEqual([]);
    expect(await contents(database.pool())).toEqual(before);
    for (const one of Object.values(second)) expect([one.created, one.changed, one.removed]).toEqual([0, 0, 0]);
  });

  it('changes exactly the records whose mapped content a step changes, and those that link to what came or went', async () => {
    let [meaning, stored, links] = [
      meaningOf(await readAll(fhir.stub)),
      await contents(database.pool()),
      await linksOf(fhir),
    ];
    const steps: number[] = [];
    for (let step = fhir.step(); step > 0; step = fhir.step()) {
      const position = await lastPosition(database.pool());
      await fhir.sync();
      const [meaningNow, storedNow] = [meaningOf(await readAll(fhir.stub)), await contents(database.pool())];
      const wanted = differing(meaning, meaningNow);
      expect(wanted.length).toBeGreaterThan(0);
      expect(differing(stored, storedNow)).toEqual(wanted);

      const linksNow = await linksOf(fhir);
      const cameOrWent = new Set(
        wanted.filter((place) => stored.has(place) !== storedNow.has(place)).map((place) => idOfPlace(fhir, place)),
      );
      const there = new Set([...storedNow.keys()].map((place) => idOfPlace(fhir, place)));
      const neighbours = [...links, ...linksNow].filter((l) => cameOrWent.has(l.to_id) && there.has(l.from_id));
      const told = (await changesOf(database.pool(), position)).map((change) => change.record_id);
      const listed = wanted.filter((place) => place.split(' ')[1] !== 'citizen').map((place) => idOfPlace(fhir, place));
      expect([...new Set(told)].sort()).toEqual([...new Set([...listed, ...neighbours.map((l) => l.from_id)])].sort());
      console.info(`${folder}, step ${steps.length + 1}: ${step} resources replaced, ${wanted.length} records changed`);
      steps.push(step);
      [meaning, stored, links] = [meaningNow, storedNow, linksNow];
    }
    expect(steps).toEqual(put);
  });
});

describe.skipIf(data === undefined).each(['kl-gateway', 'kl-ffb-plan', 'dk-core-patients'])(
  '%s with nobody enrolled',
  (folder) => {
    const database = useDatabase();
    it('leaves nothing behind', async () => {
      const fhir = await openFhirHub(join(data ?? '', folder), database.pool());
      try {
        const counts = await fhir.sync();
        printCounts(`${folder}, nobody enrolled`, counts);
        accountFor(counts, (kind) => fhir.stub.store.count(kind), 'nobody');
      } finally {
        await fhir.close();
      }
      for (const table of [
        'record',
        'record_body',
        'record_version',
        'citizen_record',
        'subject_key',
        'identity',
        'citizen',
        'link',
        'protection',
        'change',
        'citizen_fetch',
      ])
        expect([table, (await database.pool().query(`select from ${table}`)).rowCount]).toEqual([table, 0]);
      const { rows } = await database
        .pool()
        .query(
          `select distinct code, cipher, citizen_id from quarantine where code <> 'subject/unreadable' or cipher is not null or citizen_id is not null`,
        );
      expect(rows).toEqual([]);
    });
  },
);
