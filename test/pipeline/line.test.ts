// The line from a source to the store: who is kept, what a second sync changes, what deletions, failures and moves do.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PipelineDeps } from '../../src/pipeline/source.ts';
import { endEnrolment } from '../../src/store/enrolment.ts';
import { approveHeld, listHeld } from '../../src/store/held-deletions.ts';
import { useDatabase } from '../postgres.ts';
import {
  anna,
  bo,
  carl,
  caseOf,
  changesOf,
  enrolToy,
  lastPosition,
  noData,
  person,
  storedRecords,
  syncToy,
  type ToyData,
  task,
  toyDeps,
  toySource,
} from './toy.ts';

const database = useDatabase();
let deps: PipelineDeps;
let data: ToyData;

const clear = `truncate citizen, identity, enrolment, subject_key, citizen_fetch, record, record_body, record_version, link, citizen_record,
  protection, change, consent, sync_state, load_page, run, quarantine, held_deletion, drift, breaker, merge_log, representation, emergency_access cascade`;

beforeAll(() => {
  deps = toyDeps(database.pool());
});
beforeEach(async () => {
  await database.pool().query(clear);
  data = noData();
  data.person = [person('p1', anna, 'Anna And'), person('p2', bo, 'Bo Bi'), person('p3', carl, 'Carl Ce')];
  data.case = [caseOf('c1', [anna], 'Plan A'), caseOf('c2', [bo], 'Plan B'), caseOf('c3', [anna, bo], 'Fælles plan')];
  data.task = [task('t1', 'c1', 'Mentor'), task('t2', 'c2', 'Praktik'), task('t3', 'c3', 'Samtale')];
});

describe('who is kept', () => {
  it('keeps nothing when nobody is enrolled', async () => {
    const outcomes = await syncToy(deps, toySource(data));
    expect(await storedRecords(database.pool())).toEqual([]);
    expect(outcomes.map((o) => o.counts.notEnrolled)).toEqual([3, 3, 3]);
    expect((await database.pool().query('select 1 from quarantine union all select 1 from subject_key')).rowCount).toBe(
      0,
    );
  });

  it('keeps the enrolled citizen through the whole chain of keys, and only their share of a common plan', async () => {
    const { citizenId } = await enrolToy(deps, anna);
    await syncToy(deps, toySource(data));
    const stored = await storedRecords(database.pool());
    expect(stored.map((r) => r.key)).toEqual(['p1', 't1', 't3', 'c1', 'c3']);
    expect(stored.every((r) => r.citizens.length === 1 && r.citizens[0] === citizenId)).toBe(true);
    const changes = await changesOf(database.pool());
    expect(changes.filter((c) => c.op === 'created')).toHaveLength(4);
  });

  it('says nothing changed when nothing did', async () => {
    await enrolToy(deps, anna);
    await syncToy(deps, toySource(data));
    const position = await lastPosition(database.pool());
    const [people] = await syncToy(deps, toySource(data));
    expect(people?.counts.unchanged).toBe(1);
    expect(await changesOf(database.pool(), position)).toEqual([]);
  });

  it('gives a sibling enrolled later their part of the common plan', async () => {
    const first = await enrolToy(deps, anna);
    await syncToy(deps, toySource(data));
    const second = await enrolToy(deps, bo);
    await syncToy(deps, toySource(data));
    const common = (await storedRecords(database.pool())).find((r) => r.key === 'c3');
    expect(common?.citizens).toEqual([first.citizenId, second.citizenId].sort());
  });

  it('shows only type and period of a mixed kind while a subject is not enrolled', async () => {
    await enrolToy(deps, anna);
    const mixed = toySource(data, { kinds: { case: { mixed: true } } });
    await syncToy(deps, mixed);
    const titleOf = async (): Promise<string> =>
      (
        await database
          .pool()
          .query<{ body: string }>(
            `select body from record_body b join record r on r.id = b.record_id where r.key = 'c3'`,
          )
      ).rows[0]?.body ?? '';
    expect(JSON.parse(await titleOf())).toMatchObject({ title: 'Handleplan', status: 'unknown' });
    await enrolToy(deps, bo);
    await syncToy(deps, mixed);
    expect(JSON.parse(await titleOf())).toMatchObject({ title: 'Fælles plan', status: 'active' });
  });

  it('erases everything of an ended enrolment and keeps the identity', async () => {
    const { citizenId, enrolmentId } = await enrolToy(deps, anna);
    await enrolToy(deps, bo);
    await syncToy(deps, toySource(data));
    const position = await lastPosition(database.pool());
    expect(await endEnrolment(database.pool(), enrolmentId, 'test')).toBe(true);
    const left = await storedRecords(database.pool());
    expect(left.flatMap((r) => r.citizens)).not.toContain(citizenId);
    expect(left.map((r) => r.key).sort()).toEqual(['c2', 'c3', 'p2', 't2', 't3']);
    expect(
      (await changesOf(database.pool(), position)).some((c) => c.op === 'look' && c.citizen_id === citizenId),
    ).toBe(true);
    expect((await enrolToy(deps, anna)).citizenId).toBe(citizenId);
  });
});

describe('deletions', () => {
  it('removes what a complete snapshot no longer holds, with a change for its neighbours', async () => {
    await enrolToy(deps, anna);
    await syncToy(deps, toySource(data));
    const position = await lastPosition(database.pool());
    data.case = data.case.filter((c) => c.key !== 'c1');
    await syncToy(deps, toySource(data), 'next', ['case']);
    const changes = await changesOf(database.pool(), position);
    expect(changes.map((c) => c.op).sort()).toEqual(['changed', 'removed']);
  });

  it('never sweeps after a pull that broke off, and resumes where it stopped', async () => {
    await enrolToy(deps, anna);
    await enrolToy(deps, bo);
    await syncToy(deps, toySource(data));
    data.case = [];
    for (let i = 10; i < 20; i += 1) data.case.push(caseOf(`c${i}`, [anna], `Plan ${i}`));
    let served = 0;
    const broken = toySource(data, {
      beforePage: (_, page) => {
        served += 1;
        if (page === 2) throw new Error('line cut');
      },
    });
    await expect(syncToy(deps, broken, 'next', ['case'])).rejects.toThrow();
    expect((await storedRecords(database.pool())).filter((r) => r.entity === 'plan')).toHaveLength(7);
    const pages: number[] = [];
    await syncToy(deps, toySource(data, { beforePage: (_, page) => pages.push(page) }), 'next', ['case']);
    expect(served).toBe(3);
    expect(pages).toHaveLength(3);
  });

  it('holds a mass deletion until it is approved, once', async () => {
    await enrolToy(deps, anna);
    data.case = Array.from({ length: 8 }, (_, i) => caseOf(`c${i}`, [anna], `Plan ${i}`));
    await syncToy(deps, toySource(data));
    data.case = data.case.slice(0, 1);
    const [outcome] = await syncToy(deps, toySource(data), 'next', ['case']);
    expect(outcome?.counts.held).toBe(7);
    expect((await storedRecords(database.pool())).filter((r) => r.entity === 'plan')).toHaveLength(8);
    const [held] = await listHeld(database.pool());
    expect(held).toMatchObject({ stored: 8, missing: 7 });
    expect(await approveHeld(database.pool(), held?.id ?? 0, 'admin')).toBe(7);
    expect(await approveHeld(database.pool(), held?.id ?? 0, 'admin')).toBeUndefined();
    expect((await storedRecords(database.pool())).filter((r) => r.entity === 'plan')).toHaveLength(1);
  });

  it('removes what the source reports as deleted', async () => {
    await enrolToy(deps, anna);
    const source = toySource(data, { mode: 'incremental' });
    await syncToy(deps, source);
    data.deleted.case = ['c1'];
    await syncToy(deps, toySource(data, { mode: 'incremental' }), 'next', ['case']);
    expect((await storedRecords(database.pool())).map((r) => r.key)).not.toContain('c1');
  });
});

describe('complete loads', () => {
  it('a reload keeps what it does not see; a reconcile and a rebuild do not', async () => {
    await enrolToy(deps, anna);
    await syncToy(deps, toySource(data, { mode: 'incremental' }));
    data.task = data.task.filter((t) => t.key !== 't1');
    await syncToy(deps, toySource(data, { mode: 'incremental' }), 'reload', ['task']);
    expect((await storedRecords(database.pool())).map((r) => r.key)).toContain('t1');
    await syncToy(deps, toySource(data, { mode: 'incremental' }), 'reconcile', ['task']);
    expect((await storedRecords(database.pool())).map((r) => r.key)).not.toContain('t1');
  });

  it('a rebuild writes every record anew, under the same ids and hashes, and removes what is not there', async () => {
    await enrolToy(deps, anna);
    await syncToy(deps, toySource(data, { mode: 'incremental' }));
    const contents = async () =>
      (
        await database
          .pool()
          .query(`select id, encode(content_hash, 'hex') as hash from record where source_kind = 'task' order by id`)
      ).rows;
    const before = await contents();
    await database.pool().query(`update record_body set body = '{}' where body is not null`);
    await syncToy(deps, toySource(data, { mode: 'incremental' }), 'rebuild');
    expect(await contents()).toEqual(before);
    expect((await database.pool().query(`select 1 from record_body where body = '{}'`)).rowCount).toBe(0);
  });
});

describe('records that cannot be stored', () => {
  it('go to quarantine while the last good version stays, marked stale, and come back', async () => {
    await enrolToy(deps, anna);
    await syncToy(deps, toySource(data));
    data.task = [{ key: 't1', body: { id: 't1', caseId: 'c1' } }, ...data.task.slice(1)];
    const [outcome] = await syncToy(deps, toySource(data), 'next', ['task']);
    expect(outcome?.counts.quarantined).toBe(1);
    expect((await storedRecords(database.pool())).find((r) => r.key === 't1')?.stale).toBe(true);
    data.task[0] = task('t1', 'c1', 'Mentor igen');
    await syncToy(deps, toySource(data), 'next', ['task']);
    expect((await storedRecords(database.pool())).find((r) => r.key === 't1')?.stale).toBe(false);
    expect((await database.pool().query(`select 1 from quarantine where state = 'open'`)).rowCount).toBe(0);
  });

  it('keep no body when nobody can say who they are about', async () => {
    await enrolToy(deps, anna);
    data.person.push({ key: 'p9', body: { id: 'p9', name: 'Uden nummer' } });
    await syncToy(deps, toySource(data), 'next', ['person']);
    const { rows } = await database.pool().query('select code, cipher, citizen_id from quarantine');
    expect(rows).toEqual([{ code: 'subject/unreadable', cipher: null, citizen_id: null }]);
  });
});

describe('people', () => {
  it('moves a record to another citizen, or erases it when that one is not enrolled', async () => {
    const first = await enrolToy(deps, anna);
    const second = await enrolToy(deps, bo);
    await syncToy(deps, toySource(data));
    const position = await lastPosition(database.pool());
    data.case[0] = caseOf('c1', [bo], 'Plan A');
    await syncToy(deps, toySource(data), 'next', ['case']);
    const moved = (await changesOf(database.pool(), position)).filter(
      (c) => c.record_id !== null && c.op !== 'changed',
    );
    expect(moved).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ op: 'removed', citizen_id: first.citizenId }),
        expect.objectContaining({ op: 'created', citizen_id: second.citizenId }),
      ]),
    );
    data.case[0] = caseOf('c1', [carl], 'Plan A');
    await syncToy(deps, toySource(data), 'next', ['case']);
    expect((await storedRecords(database.pool())).map((r) => r.key)).not.toContain('c1');
  });

  it('joins a former number when the subject kind says so', async () => {
    const former = await enrolToy(deps, anna);
    await syncToy(deps, toySource(data));
    data.person[0] = person('p1', carl, 'Anna And', { formerCpr: anna });
    data.case.push(caseOf('c9', [carl], 'Ny plan'));
    await syncToy(deps, toySource(data));
    const stored = await storedRecords(database.pool());
    expect(stored.find((r) => r.key === 'c9')?.citizens).toEqual([former.citizenId]);
    expect(stored.find((r) => r.key === 'c1')?.citizens).toEqual([former.citizenId]);
  });
});
