// A kind that drift has paused, in a working hub: nothing is pulled of it and its breaker stays shut, other kinds go on, and
// once somebody has accepted what changed the watchdog goes on with its load at the page it stopped before.
import { expect, it, vi } from 'vitest';
import { listBreakers } from '../../src/store/breaker.ts';
import { acceptDrift, listDrift } from '../../src/store/drift.ts';
import { readSyncState } from '../../src/store/sync-state.ts';
import { anna, caseOf, enrolToy, noData, storedRecords, toySource } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { useJobs, workSource } from './fixture.ts';

const database = useDatabase();
const open = useJobs(database);

it('waits, lets others go on, and goes on where it stopped', async () => {
  const data = noData();
  data.case = Array.from({ length: 6 }, (_, n) => caseOf(`c${n}`, [anna], `Plan ${n}`));
  (data.case[3] as { body: object }).body = { ...(data.case[3]?.body as object), nyFelt: 1 };
  const drift = {
    newField: 'hold',
    vanishedField: 'note',
    unknownCode: 'note',
    typeChange: 'note',
    zeroRows: 'note',
    volume: 'note',
  } as const;
  const work = workSource(toySource(data, { kinds: { case: { drift } } }));
  const { name } = work.source;
  const bench = open([work]);
  await enrolToy(bench.deps, anna);
  bench.work();
  await bench.sync(name, 'case');
  await vi.waitFor(async () => expect((await bench.runs(name, 'case'))[0]?.endedAt).toBeInstanceOf(Date), {
    timeout: 8000,
  });
  expect((await bench.runs(name, 'case'))[0]).toMatchObject({ state: 'cancelled', errorCode: 'run/drift-held' });
  expect(await storedRecords(database.pool())).toHaveLength(2);
  expect(await readSyncState(bench.deps.pool, name, 'case')).toMatchObject({ paused: true, loadComplete: false });
  expect((await listBreakers(bench.deps.pool)).filter((row) => row.source === name && row.state !== 'closed')).toEqual(
    [],
  );

  await bench.sync(name, 'case');
  await bench.sync(name, 'person');
  await vi.waitFor(async () => expect((await bench.runs(name, 'person'))[0]?.state).toBe('done'), { timeout: 8000 });
  await bench.watch().look();
  expect(await bench.runs(name, 'case')).toHaveLength(1);

  const [found] = await listDrift(bench.deps.pool, { source: name });
  expect(await acceptDrift(bench.deps.pool, found?.id ?? 0, 'test')).toMatchObject({ resumed: true });
  await bench.watch().look();
  await vi.waitFor(async () => expect(await storedRecords(database.pool())).toHaveLength(6), { timeout: 8000 });
  expect(bench.lines.join()).not.toMatch(/Plan \d|0702751238/);
});
