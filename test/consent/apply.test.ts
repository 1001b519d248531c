// Configuration becomes versions: applied twice it changes nothing; what changed keeps its history, and every enrolled
// citizen is looked at again.
import { expect, it } from 'vitest';
import { applyConfiguration, type RuleConfiguration } from '../../src/consent/apply.ts';
import { explain, visibleRecords } from '../../src/consent/decide.ts';
import { statutesInForce } from '../../src/store/statutes.ts';
import { useDatabase } from '../postgres.ts';
import { actor, newCitizen, newRecord } from './people.ts';

const database = useDatabase();
const statute = {
  id: 'law-11b',
  title: 'RSL § 11 b',
  recipients: ['unit:team'],
  domains: ['social'],
  upTo: 'sensitive' as const,
  optOut: false,
};
const base: RuleConfiguration = {
  units: [
    { id: 'town', name: 'Kommunen', type: 'organisation' },
    { id: 'job', name: 'Job', type: 'unit', parent: 'town' },
    { id: 'team', name: 'Team', type: 'unit', parent: 'job' },
  ],
  statutes: [],
  sources: [{ source: 'sensum', domain: 'social', existenceShown: false }],
};
const apply = (more: Partial<RuleConfiguration> = {}) => applyConfiguration(database.pool(), { ...base, ...more });
const looks = async (): Promise<number> =>
  (await database.pool().query<{ n: number }>(`select count(*)::int as n from change where op = 'look'`)).rows[0]?.n ??
  0;

it('is applied once, kept as versions, and told to the followers of changes', async () => {
  const pool = database.pool();
  expect(await apply()).toBe(true);
  const citizen = await newCitizen(pool);
  const record = await newRecord(pool, citizen, { unit: 'team', sensitivity: 'confidential' });
  const boss = actor({ unit: 'job' });
  const worker = actor({ unit: 'team', person: 'p2' });
  const sees = async (who: typeof boss): Promise<number> =>
    (await visibleRecords(pool, who, { citizens: [citizen.id] })).length;
  expect(await sees(boss)).toBe(1);
  expect([await apply(), await looks()]).toEqual([false, 0]);

  const renamed = base.units.map((unit) => ({ ...unit, name: `${unit.name} 2` }));
  expect([await apply({ units: renamed }), await looks()]).toEqual([false, 0]);
  const { rows: names } = await pool.query(`select name from unit_version where unit_id = 'job'`);
  expect(names).toEqual([{ name: 'Job 2' }]);

  const atFirst = new Date();
  const moved = renamed.map((unit) => (unit.id === 'team' ? { ...unit, parent: 'town' } : unit));
  expect([await apply({ units: moved }), await looks()]).toEqual([true, 1]);
  expect(await sees(boss)).toBe(0);
  expect(await explain(pool, boss, citizen.id, record, atFirst)).toMatchObject([{ rule: 2, show: 'content' }]);

  const other = await newRecord(pool, citizen, { unit: 'elsewhere', sensitivity: 'sensitive' });
  expect(await sees(worker)).toBe(1);
  expect([await apply({ units: moved, statutes: [statute] }), await looks()]).toEqual([true, 2]);
  expect([await apply({ units: moved, statutes: [statute] }), await looks()]).toEqual([false, 2]);
  expect(await sees(worker)).toBe(2);
  expect(await explain(pool, worker, citizen.id, other)).toMatchObject([{ rule: 4, basis: 'statute:law-11b' }]);
  expect(await statutesInForce(pool)).toEqual([statute]);
  await apply({ units: moved, statutes: [{ ...statute, upTo: 'normal' }] });
  expect(await sees(worker)).toBe(1);
  await apply({ units: moved });
  expect(await statutesInForce(pool)).toEqual([]);

  const shown = [{ source: 'sensum', domain: 'social', existenceShown: true }];
  expect(await apply({ units: moved, sources: shown })).toBe(true);
  expect((await visibleRecords(pool, worker, { citizens: [citizen.id] })).map((row) => row.show).sort()).toEqual([
    'content',
    'stub',
  ]);
  // That something exists is not told of a citizen of whom nothing else is seen, asked about whole or record by record.
  expect(await visibleRecords(pool, boss, { citizens: [citizen.id] })).toEqual([]);
  expect(await visibleRecords(pool, boss, { citizens: [citizen.id], records: [other] })).toEqual([]);
  expect(await visibleRecords(pool, worker, { citizens: [citizen.id], records: [other] })).toMatchObject([
    { show: 'stub' },
  ]);
});
