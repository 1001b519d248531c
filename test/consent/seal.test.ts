// The chain and its verifier: whatever somebody with the whole database in hand does to the log, verification finds it;
// what retention does, it accepts.
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { readMark } from '../../src/store/log-anchor.ts';
import { cutLog, sealBatch, sealStatus, startSealer } from '../../src/store/seal.ts';
import { verifyLog } from '../../src/store/verify.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());
const day = 86_400_000;

const write = async (count: number, at = new Date()): Promise<void> =>
  createAccessLog(database.pool(), keys, { sealStopMs: 1e12 }).write(
    Array.from({ length: count }, () => ({
      at,
      actor: { kind: 'professional', person: 'p1', unit: 'u1' },
      purpose: 'coordinated-plan',
      endpoint: 'GET /v1/citizens/:id/plan',
      citizen: randomUUID(),
      records: [randomUUID()],
      decision: 'allowed' as const,
      bases: ['2 x'],
      correlation: randomUUID(),
    })),
  );
const sealAll = async (): Promise<void> => {
  while ((await sealBatch(database.pool(), keys)) > 0);
};
/** Runs SQL as somebody whom no trigger stops. */
const tamper = async (sql: string): Promise<void> => {
  const client = await database.pool().connect();
  await client.query('alter table access_log disable trigger all; alter table log_seal disable trigger all');
  await client.query(sql).finally(() => client.release());
  await database.pool().query('alter table access_log enable trigger all; alter table log_seal enable trigger all');
};
const verify = (options: Parameters<typeof verifyLog>[2] = {}) => verifyLog(database.pool(), keys, options);
const entryAt = (n: number): string => `(select entry_id from log_seal where number = ${n})`;

beforeEach(async () => {
  await tamper(`truncate access_log, log_seal, log_unsealed; delete from hub_setting where name like 'log.%'`);
  await write(10, new Date(Date.now() - 10 * day));
  await sealAll();
  await write(10);
  await sealAll();
});

describe('an untouched log', () => {
  it('verifies, sealed and unsealed', async () => {
    await write(3);
    const report = await verify();
    expect(report).toMatchObject({ ok: true, sealed: 20, unsealed: 3, findings: [], head: { number: 20 } });
  });

  it('is told about as it is followed, and left when somebody says so', async () => {
    await write(2_100);
    await sealAll();
    const told: number[] = [];
    expect((await verify({ progress: (links) => told.push(links) })).ok).toBe(true);
    expect(told).toEqual([2_000, 2_120]);
    await expect(verify({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toMatchObject({
      cause: { message: 'enough' },
    });
  });

  it('is numbered without gaps by several sealers at once, while writers write', async () => {
    const pool = database.pool();
    await Promise.all([
      ...Array.from({ length: 20 }, () => write(5)),
      ...Array.from({ length: 20 }, () => sealBatch(pool, keys, 7)),
    ]);
    await sealAll();
    const report = await verify();
    expect(report).toMatchObject({ ok: true, sealed: 120, unsealed: 0, head: { number: 120 } });
  });

  it('is sealed within seconds by the sealer, which seals the rest when it stops', async () => {
    const sealer = startSealer(database.pool(), keys, { log: createLogger({ level: 'silent' }), everyMs: 20 });
    await write(5);
    await expect.poll(async () => (await sealStatus(database.pool())).unsealed, { timeout: 5_000 }).toBe(0);
    await write(5);
    await sealer.stop();
    expect(await sealStatus(database.pool())).toMatchObject({ sealed: 30, unsealed: 0, alert: false });
  });

  it('is cut by the sealer when entries are older than they are to be kept', async () => {
    const log = createLogger({ level: 'silent' });
    const sealer = startSealer(database.pool(), keys, { log, everyMs: 20, keepMs: 5 * day });
    await expect.poll(async () => (await sealStatus(database.pool())).sealed, { timeout: 5_000 }).toBe(10);
    await sealer.stop();
    expect(await verify()).toMatchObject({ ok: true, head: { number: 20 } });
  });

  it('raises the alert when entries wait for more than a minute', async () => {
    await write(1);
    await database.pool().query(`update log_unsealed set queued_at = queued_at - interval '61 seconds'`);
    expect(await sealStatus(database.pool())).toMatchObject({ unsealed: 1, alert: true });
  });

  it('is cut by retention at an anchor that verification accepts, and goes on from there', async () => {
    expect(await cutLog(database.pool(), keys, new Date(Date.now() - 5 * day))).toBe(10);
    expect(await verify()).toMatchObject({ ok: true, sealed: 10 });
    expect(await cutLog(database.pool(), keys, new Date(Date.now() + day))).toBe(10);
    expect(await verify()).toMatchObject({ ok: true, sealed: 0, head: { number: 20 } });
    await write(2);
    await sealAll();
    expect(await verify()).toMatchObject({ ok: true, sealed: 2, head: { number: 22 } });
  });
});

describe('verification finds', () => {
  const cases: readonly (readonly [string, string, object])[] = [
    [
      'a changed person',
      `update access_log set person = 'other' where id = ${entryAt(7)}`,
      { type: 'altered', number: 7 },
    ],
    [
      'a changed record list',
      `update access_log set records = '{}' where id = ${entryAt(20)}`,
      { type: 'altered', number: 20 },
    ],
    [
      'a changed time',
      `update access_log set at = at + interval '1 ms' where id = ${entryAt(1)}`,
      { type: 'altered', number: 1 },
    ],
    [
      'a changed keyed hash',
      `update access_log set mac = sha256('x') where id = ${entryAt(5)}`,
      { type: 'altered', number: 5 },
    ],
    ['a changed seal', `update log_seal set hash = sha256('x') where number = 5`, { type: 'altered', number: 5 }],
    ['a removed entry', `delete from access_log where id = ${entryAt(9)}`, { type: 'removed', number: 9 }],
    ['a removed link', 'delete from log_seal where number = 9', { type: 'removed', number: 9, to: 9 }],
    [
      'a removed beginning',
      'delete from access_log where id in (select entry_id from log_seal where number < 4); delete from log_seal where number < 4',
      { type: 'removed', number: 1, to: 3 },
    ],
    [
      'a cut tail',
      'delete from access_log where id in (select entry_id from log_seal where number > 15); delete from log_seal where number > 15',
      { type: 'removed', number: 16, to: 20 },
    ],
    ['everything gone', 'truncate access_log, log_seal', { type: 'removed', number: 1, to: 20 }],
    [
      'a closed gap',
      'delete from log_seal where number = 20; delete from access_log where id = (select entry_id from log_seal where number = 12); delete from log_seal where number = 12; update log_seal set number = -(number - 1) where number > 12; update log_seal set number = -number where number < 0',
      { type: 'altered', number: 12 },
    ],
    [
      'swapped entries',
      `update log_seal set number = -number where number = 4; update log_seal set number = 4 where number = 6; update log_seal set number = 6 where number = -4`,
      { type: 'altered', number: 4 },
    ],
    [
      'an entry that was never written by the hub',
      `insert into access_log select gen_random_uuid(), at, actor_kind, person, role, organisation, unit, consumer, actor_citizen, represented, purpose, endpoint, citizen_id, number_hash, records, decision, bases, correlation, emergency, mac from access_log where id = ${entryAt(3)}`,
      { type: 'inserted' },
    ],
    [
      'a forged head',
      `update hub_setting set value = '5 ' || encode((select hash from log_seal where number = 5), 'hex') || ' 00' where name = 'log.head'`,
      { type: 'forged', mark: 'head' },
    ],
    ['a removed head', `delete from hub_setting where name = 'log.head'`, { type: 'forged', mark: 'head' }],
    [
      'a forged anchor',
      `insert into hub_setting values ('log.anchor', '3 ' || encode((select hash from log_seal where number = 3), 'hex') || ' 00'); delete from access_log where id in (select entry_id from log_seal where number <= 3); delete from log_seal where number <= 3`,
      { type: 'forged', mark: 'anchor' },
    ],
  ];
  it.each(cases)('%s', async (_name, sql, finding) => {
    await tamper(sql);
    const report = await verify();
    expect(report.ok).toBe(false);
    expect(report.findings).toContainEqual(expect.objectContaining(finding));
  });

  it('one finding for one false link', async () => {
    await tamper(`update access_log set person = 'other' where id = ${entryAt(7)}`);
    expect((await verify()).findings).toHaveLength(1);
  });

  it('a forged entry that was slipped into the queue and sealed', async () => {
    await tamper(`with forged as (
        insert into access_log select gen_random_uuid(), at, actor_kind, 'nobody', role, organisation, unit, consumer, actor_citizen, represented, purpose, endpoint, citizen_id, number_hash, records, decision, bases, correlation, emergency, mac
        from access_log where id = ${entryAt(3)} returning id)
      insert into log_unsealed select id from forged`);
    expect((await verify()).ok).toBe(false);
    await sealAll();
    expect((await verify()).findings).toEqual([expect.objectContaining({ type: 'inserted', number: 21 })]);
  });

  it('an entry altered or taken before it was sealed', async () => {
    await write(2);
    await tamper(
      `update access_log set person = 'other' where id = (select min(entry_id::text)::uuid from log_unsealed)`,
    );
    expect((await verify()).findings).toEqual([expect.objectContaining({ type: 'altered' })]);
    await tamper('delete from access_log where id in (select entry_id from log_unsealed)');
    expect((await verify()).findings).toHaveLength(2);
    await sealAll();
    expect((await verify()).findings.map((one) => one.type)).toEqual(['removed', 'removed']);
  });

  it('an old entry slipped in below the anchor', async () => {
    await cutLog(database.pool(), keys, new Date(Date.now() - 5 * day));
    await write(1);
    await tamper(`insert into log_seal select 3, entry_id, sha256('x') from log_unsealed; delete from log_unsealed`);
    expect((await verify()).findings).toEqual([expect.objectContaining({ type: 'inserted' })]);
  });

  it('a tail cut together with its head, by a link noted down earlier', async () => {
    const link = (await verify()).head;
    const { rows } = await database
      .pool()
      .query<{ value: string }>(`select value from hub_setting where name = 'log.head'`);
    await write(5);
    await sealAll();
    const later = (await verify()).head;
    await tamper(
      'delete from access_log where id in (select entry_id from log_seal where number > 20); delete from log_seal where number > 20',
    );
    await database.pool().query(`update hub_setting set value = $1 where name = 'log.head'`, [rows[0]?.value]);
    expect((await verify({ expect: { number: link.number, hash: Buffer.from(link.hash, 'hex') } })).ok).toBe(true);
    const report = await verify({ expect: { number: later.number, hash: Buffer.from(later.hash, 'hex') } });
    expect(report.findings).toEqual([{ type: 'removed', number: 21, to: 25 }]);
    expect(await readMark(database.pool(), keys, 'head')).toMatchObject({ number: 20 });
  });

  it('everything, when the keys are not the ones it was written with', async () => {
    const report = await verifyLog(database.pool(), createKeyRing(newKeyMaterial()), { maxFindings: 5 });
    expect(report).toMatchObject({ ok: false, more: true });
    expect(report.findings).toHaveLength(5);
  });
});
