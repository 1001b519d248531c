// A changed setting reaches what is stored: by a load that begins by itself, and at once where it keeps records from more
// people. A source that only tells of changes would otherwise go on by the settings of yesterday.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { raiseStored } from '../../src/pipeline/settings.ts';
import type { PipelineDeps, SyncKind, SyncSource } from '../../src/pipeline/source.ts';
import { readSyncState } from '../../src/store/sync-state.ts';
import { useDatabase } from '../postgres.ts';
import { anna, bo, caseOf, enrolToy, noData, syncToy, type ToyData, toyDeps, toySource } from './toy.ts';

const database = useDatabase();
let deps: PipelineDeps;
let data: ToyData;

beforeAll(() => {
  deps = toyDeps(database.pool());
});
beforeEach(async () => {
  await database
    .pool()
    .query('truncate citizen, sync_state, load_page, run, record, record_body, record_version, link, change cascade');
  data = noData();
  data.case = [caseOf('c1', [anna], 'one'), caseOf('c2', [anna, bo], 'two')];
});

const source = (settings: Partial<SyncKind> = {}, more: Partial<SyncSource> = {}): SyncSource => ({
  ...toySource(data, { mode: 'incremental', kinds: { case: settings } }),
  ...more,
});
const loads = async (): Promise<number> => (await readSyncState(deps.pool, 'toy', 'case')).load;
const sync = (from: SyncSource) => syncToy(deps, from, 'next', ['case']);
const versions = async (): Promise<readonly { sensitivity: string; current: boolean; citizens: number }[]> => {
  const { rows } = await deps.pool.query<{ sensitivity: string; current: boolean; citizens: number }>(
    `select sensitivity, valid_to = 'infinity' as current, count(distinct citizen_id)::int as citizens
     from record_version group by 1, 2 order by 2, 1`,
  );
  return rows;
};

describe('a changed setting', () => {
  it('loads everything anew, once', async () => {
    await enrolToy(deps, anna);
    await sync(source());
    await sync(source());
    expect(await loads()).toBe(1);
    await sync(source({ ownerUnit: 'another' }));
    expect(await loads()).toBe(2);
    const { rows } = await deps.pool.query(
      `select distinct owner_unit from record_version where valid_to = 'infinity'`,
    );
    expect(rows).toEqual([{ owner_unit: 'another' }]);
    await sync(source({ ownerUnit: 'another' }));
    expect(await loads()).toBe(2);
  });

  it.each<[string, Partial<SyncKind>, Partial<SyncSource>]>([
    ['the domain', { domain: 'health' }, {}],
    ['the least sensitivity', { sensitivity: 'confidential' }, {}],
    ['mixed', { mixed: true }, {}],
    ['the base of links', {}, { journalBaseUrl: 'https://other.example' }],
    ['how the kinds are described', {}, { described: 'another' }],
  ])('is told by %s', async (_, settings, more) => {
    await sync(source());
    await sync(source(settings, more));
    expect(await loads()).toBe(2);
  });

  it('is not told by what does not shape records', async () => {
    await sync(source());
    await sync(source({ retain: 86_400_000 }, { guard: { count: 9, share: 1 } }));
    expect(await loads()).toBe(1);
  });

  it('is not supposed where nothing is known of the settings before', async () => {
    await sync(source());
    await deps.pool.query('update sync_state set settings_digest = null');
    await sync(source({ ownerUnit: 'another' }));
    expect(await loads()).toBe(1);
    await sync(source({ ownerUnit: 'third' }));
    expect(await loads()).toBe(2);
  });
});

describe('a higher least sensitivity', () => {
  it('holds for stored records before any load, and leaves what was', async () => {
    await enrolToy(deps, anna);
    await enrolToy(deps, bo);
    await sync(source());
    const { rows: before } = await deps.pool.query<{ at: string }>('select max(position) as at from change');
    expect(await raiseStored(deps.pool, source({ sensitivity: 'sensitive' }))).toBe(2);
    expect(await versions()).toEqual([
      { sensitivity: 'normal', current: false, citizens: 2 },
      { sensitivity: 'sensitive', current: true, citizens: 2 },
    ]);
    const { rows: looks } = await deps.pool.query('select citizen_id, op from change where position > $1', [
      before[0]?.at,
    ]);
    expect(looks.map((row) => row.op)).toEqual(['look', 'look']);
    expect(await raiseStored(deps.pool, source({ sensitivity: 'sensitive' }))).toBe(0);
  });

  it('comes with the text and its sealing when the records have come again', async () => {
    await enrolToy(deps, anna);
    await sync(source());
    await raiseStored(deps.pool, source({ sensitivity: 'sensitive' }));
    await sync(source({ sensitivity: 'sensitive' }));
    const { rows } = await deps.pool.query('select body from record_body where body is not null');
    expect(rows).toEqual([]);
    expect((await versions()).filter((version) => version.current)).toEqual([
      { sensitivity: 'sensitive', current: true, citizens: 1 },
    ]);
  });

  it('takes nothing from records that are higher already, and lowers none', async () => {
    await enrolToy(deps, anna);
    await sync(source({ sensitivity: 'vip' }));
    expect(await raiseStored(deps.pool, source({ sensitivity: 'confidential' }))).toBe(0);
    expect(await versions()).toEqual([{ sensitivity: 'vip', current: true, citizens: 1 }]);
  });
});
