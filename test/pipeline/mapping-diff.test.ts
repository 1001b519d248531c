// What a mapping diff says would be different is what is different once the changed mapping is deployed: stored with the one,
// loaded anew with the other, compared in the database. And a mapping differs from itself in nothing.
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { retainedRecords } from '../../src/commands/workbench.ts';
import { diffMappings } from '../../src/pipeline/mapping-diff.ts';
import type { PipelineDeps, SyncSource } from '../../src/pipeline/source.ts';
import { bodyContext } from '../../src/store/bodies.ts';
import { reachOf } from '../../src/store/reach.ts';
import { useDatabase } from '../postgres.ts';
import { compileVariant, richCase, variants } from './mapping-variants.ts';
import { anna, bo, carl, enrolToy, noData, syncToy, type ToyData, toyDeps, toySource } from './toy.ts';

const database = useDatabase();
let deps: PipelineDeps;
beforeAll(() => {
  deps = toyDeps(database.pool());
});

const clear = `truncate citizen, identity, enrolment, subject_key, citizen_fetch, record, record_body, record_version, link, change,
  sync_state, load_page, run, quarantine, held_deletion, drift, field_seen, load_history, retained, consumer, consumer_hold cascade`;

const sourceWith = (data: ToyData, variant: string, version: number): SyncSource =>
  toySource(data, { kinds: { case: { mapping: compileVariant(variant, version), retain: 86_400_000 } } });

interface Row {
  readonly key: string;
  readonly entity: string;
  readonly hash: string;
  readonly stale: boolean;
  readonly fields: Readonly<Record<string, unknown>>;
}

const envelope = ['id', 'kind', 'domain', 'source', 'sensitivity', 'observedAt', 'mapping', 'sourceUpdatedAt'];

const snapshot = async (): Promise<ReadonlyMap<string, Row>> => {
  const { rows } = await database.pool().query<{
    id: string;
    key: string;
    entity: string;
    hash: Buffer;
    stale: boolean;
    body: string | null;
    cipher: Buffer | null;
    links: string[];
  }>(`select r.id, r.key, r.entity, r.content_hash as hash, r.stale_since is not null as stale, b.body, b.cipher,
        array(select rel || to_id from link where from_id = r.id order by 1) as links
      from record r join record_body b on b.record_id = r.id`);
  return new Map(
    rows.map(({ id, key, entity, hash, stale, body, cipher, links }) => {
      const all = JSON.parse(body ?? deps.keys.decrypt(cipher ?? Buffer.alloc(0), bodyContext(id))) as object;
      const fields = Object.fromEntries(Object.entries(all).filter(([name]) => !envelope.includes(name)));
      return [id, { key, entity, hash: hash.toString('hex'), stale, fields: { ...fields, links } }];
    }),
  );
};

/** Of what was nobody's by the deployed mapping nothing is kept: whose it becomes cannot be told beforehand. */
const keptKeys = async (): Promise<ReadonlySet<string>> =>
  new Set((await database.pool().query<{ key: string }>('select key from retained')).rows.map((row) => row.key));

/** What really happened, in the diff's own words. */
const happened = (before: ReadonlyMap<string, Row>, after: ReadonlyMap<string, Row>, kept: ReadonlySet<string>) => {
  const counts: Record<string, Record<string, number>> = {};
  const fields: Record<string, number> = {};
  const add = (entity: string, what: string): void => {
    counts[entity] ??= { created: 0, removed: 0, changed: 0, late: 0 };
    (counts[entity] as Record<string, number>)[what] = (counts[entity]?.[what] ?? 0) + 1;
  };
  for (const [id, row] of after) {
    const old = before.get(id);
    if (old === undefined) {
      if (kept.has(row.key)) add(row.entity, 'created');
    } else if (row.stale && !old.stale) add(row.entity, 'late');
    else if (old.hash !== row.hash) {
      add(row.entity, 'changed');
      for (const name of new Set([...Object.keys(old.fields), ...Object.keys(row.fields)]))
        if (JSON.stringify(old.fields[name]) !== JSON.stringify(row.fields[name]))
          fields[`${row.entity}.${name}`] = (fields[`${row.entity}.${name}`] ?? 0) + 1;
    }
  }
  for (const [id, row] of before) if (!after.has(id)) add(row.entity, 'removed');
  return { counts, fields };
};

const people = [anna, bo, carl] as const;
const body = fc.record(
  {
    persons: fc.uniqueArray(fc.constantFrom(...people), { minLength: 1, maxLength: 3 }),
    owner: fc.constantFrom(...people, 'nobody'),
    title: fc.constantFrom('Plan A', 'Plan B'),
    other: fc.constantFrom('Plan A', 'Mere om det'),
    unit: fc.constantFrom('unit-a', 'unit-b'),
    secret: fc.constantFrom('yes', 'no'),
    start: fc.constantFrom('2026-02-01', 'engang'),
  },
  { requiredKeys: ['persons', 'title'] },
);
const names = fc.constantFrom(...Object.keys(variants));

it('agrees with deploying the changed mapping', async () => {
  let told = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(body, { minLength: 1, maxLength: 6 }), names, names, async (bodies, old, changed) => {
      await database.pool().query(clear);
      await enrolToy(deps, anna);
      await enrolToy(deps, bo);
      const data = noData();
      data.case = bodies.map((one, n) => richCase(`c${n}`, one));
      const before = sourceWith(data, old, 1);
      const after = sourceWith(data, changed, 2);
      await syncToy(deps, before, 'next', ['case']);
      const [stored, kept] = [await snapshot(), await keptKeys()];
      const order = { keys: deps.keys, before, after, now: new Date(), lines: false };
      const diff = await diffMappings(order, retainedRecords(deps, before, after));
      await syncToy(deps, after, 'next', ['case']);
      const { counts, fields } = happened(stored, await snapshot(), kept);
      for (const { entity, same: _, ...count } of diff.entities)
        expect(count, entity).toEqual(counts[entity] ?? { created: 0, removed: 0, changed: 0, late: 0 });
      for (const entity of Object.keys(counts)) expect(diff.entities.map((one) => one.entity)).toContain(entity);
      const said = new Set(diff.fields.map((one) => `${one.entity}.${one.field.split('.')[0]}`));
      expect([...said].sort()).toEqual(Object.keys(fields).sort());
      for (const { entity, field, records } of diff.fields)
        expect(records, field).toBeLessThanOrEqual(fields[`${entity}.${field.split('.')[0]}`] ?? 0);
      if (old === changed) expect(diff).toMatchObject({ empty: true, fields: [], visibility: [] });
      if (!diff.empty) told += 1;
    }),
    { numRuns: 30 },
  );
  expect(told).toBeGreaterThan(5);
}, 60_000);

it('says first who may see more, masks what is somebody’s own, and names the consumers that hold it', async () => {
  await database.pool().query(clear);
  const { citizenId } = await enrolToy(deps, anna);
  const data = noData();
  data.case = [richCase('case-0001', { persons: [anna], title: 'Plan A', other: 'Hun er syg', secret: 'yes' })];
  const before = sourceWith(data, 'fewer fields, withheld', 1);
  const after = sourceWith(data, 'sensitive, with unit and dates', 2);
  await syncToy(deps, before, 'next', ['case']);
  const [id = ''] = [...(await snapshot()).keys()];
  await database.pool().query(`insert into consumer (id) values ('borgerapp'), ('other')`);
  await database
    .pool()
    .query(
      `insert into consumer_hold (consumer, citizen_id, records, marks) values ('borgerapp', $1, array[$2]::uuid[], array[null]::bytea[])`,
      [citizenId, id],
    );
  const order = { keys: deps.keys, before, after, now: new Date(), lines: false };
  const diff = await diffMappings(order, retainedRecords(deps, before, after));
  expect(diff.visibility.map(({ aspect, wider, records }) => [aspect, wider, records])).toEqual([
    ['withheld', true, 1],
    ['sensitivity', false, 1],
  ]);
  expect(JSON.stringify({ ...diff, touched: undefined })).not.toMatch(/syg|Plan A|case-0001/);
  expect(diff.fields.find((one) => one.field === 'purpose')?.samples).toEqual([
    { key: '…001', before: '–', after: '‹10 characters›' },
  ]);
  expect(await reachOf(deps.pool, diff.touched.held, diff.touched.citizens)).toEqual([
    { consumer: 'borgerapp', records: 1, citizens: 1, follows: 1 },
  ]);
});
