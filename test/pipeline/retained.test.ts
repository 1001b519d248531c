// Raw records kept for a while: only where the kind asks for it, only of enrolled citizens, sealed, and gone with the record,
// with the enrolment and with time.
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { PipelineDeps, SyncSource } from '../../src/pipeline/source.ts';
import { endEnrolment } from '../../src/store/enrolment.ts';
import { expireRetained, readRetained } from '../../src/store/retained.ts';
import { useDatabase } from '../postgres.ts';
import { compileVariant, richCase } from './mapping-variants.ts';
import { anna, bo, carl, enrolToy, noData, syncToy, type ToyData, toyDeps, toySource } from './toy.ts';

const database = useDatabase();
let deps: PipelineDeps;
let data: ToyData;

beforeAll(() => {
  deps = toyDeps(database.pool());
});
beforeEach(async () => {
  await database.pool().query(
    `truncate citizen, identity, enrolment, subject_key, citizen_fetch, record, record_body, record_version, link, change,
      sync_state, load_page, run, quarantine, held_deletion, drift, field_seen, load_history, retained cascade`,
  );
  data = noData();
});

const day = 86_400_000;
const source = (retain: number | undefined, mode: 'snapshot' | 'incremental' = 'snapshot'): SyncSource => ({
  ...toySource(data, { mode, kinds: { case: { mapping: compileVariant('dates must be right', 1), retain } } }),
  guard: { count: 100, share: 1 },
});
const pull = (retain: number | undefined, mode?: 'snapshot' | 'incremental') =>
  syncToy(deps, source(retain, mode), 'reload', ['case']);
const kept = async () =>
  (await readRetained(deps.pool, deps.keys, { source: 'toy', kind: 'case', after: '', limit: 100 })).map(
    (one) => one.content,
  );
const keys = async () => (await kept()).map(({ key }) => key);
const some = (key: string, persons: readonly string[], title = 'Plan') => richCase(key, { persons, title });

it('is off unless the kind asks for it', async () => {
  await enrolToy(deps, anna);
  data.case = [some('c1', [anna])];
  await pull(undefined);
  expect((await database.pool().query('select from retained')).rowCount).toBe(0);
});

it('keeps the latest body as the source wrote it, of enrolled citizens only, also what was set aside, sealed', async () => {
  await enrolToy(deps, anna);
  data.case = [
    some('c1', [anna]),
    some('c2', [bo]),
    some('c3', [anna, bo]),
    richCase('c4', { persons: [anna], title: 'Plan', start: 'engang' }),
  ];
  await pull(day);
  expect(await keys()).toEqual(['c1', 'c3', 'c4']);
  data.case[0] = some('c1', [anna], 'Ny titel');
  await pull(day);
  expect((await kept())[0]).toEqual({ key: 'c1', body: { id: 'c1', persons: [{ cpr: anna }], title: 'Ny titel' } });
  const { rows } = await database.pool().query<{ line: string }>('select t::text as line from retained t');
  expect(rows.map((row) => row.line).join()).not.toMatch(/0702751238|titel|30373032373531323338/i);
});

it('goes with its record: reported as deleted, missing from a snapshot, or somebody else’s now', async () => {
  await enrolToy(deps, anna);
  data.case = ['c1', 'c2', 'c3', 'c4'].map((key) => some(key, [anna]));
  await pull(day, 'incremental');
  expect(await keys()).toEqual(['c1', 'c2', 'c3', 'c4']);
  data.deleted.case = ['c1'];
  data.case = data.case.filter((one) => one.key !== 'c1');
  await pull(day, 'incremental');
  expect(await keys()).toEqual(['c2', 'c3', 'c4']);
  data.deleted.case = [];
  data.case = [some('c3', [carl]), some('c4', [anna])];
  await syncToy(deps, source(day), 'next', ['case']);
  expect(await keys()).toEqual(['c4']);
});

it('goes with the enrolment, also where it tells of somebody else, too', async () => {
  const { enrolmentId } = await enrolToy(deps, anna);
  await enrolToy(deps, bo);
  data.case = [some('c1', [anna]), some('c2', [bo]), some('c3', [anna, bo])];
  await pull(day);
  expect(await keys()).toEqual(['c1', 'c2', 'c3']);
  await endEnrolment(deps.pool, enrolmentId, 'test');
  expect(await keys()).toEqual(['c2']);
});

it('goes when its time is up, which begins anew each time it is seen', async () => {
  await enrolToy(deps, anna);
  data.case = [some('c1', [anna]), some('c2', [anna])];
  await pull(day);
  await database.pool().query(`update retained set expires_at = now() - interval '1 second'`);
  expect(await keys()).toEqual([]);
  data.case = [some('c1', [anna])];
  await syncToy(deps, source(day, 'incremental'), 'reload', ['case']);
  expect(await keys()).toEqual(['c1']);
  expect(await expireRetained(deps.pool)).toBe(1);
  expect((await database.pool().query('select from retained')).rowCount).toBe(1);
});
