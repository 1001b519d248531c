// The log's writer: committed before it resolves, many writers in one commit, one bad entry alone refused, nothing
// written when the database or the sealer is away.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { createPool } from '../../src/store/db.ts';
import type { LogEntry } from '../../src/store/log-entry.ts';
import { sealBatch } from '../../src/store/seal.ts';
import { verifyLog } from '../../src/store/verify.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());

const entry = (more: Partial<LogEntry> = {}): LogEntry => ({
  actor: { kind: 'professional', person: 'p1', role: 'caseworker', unit: 'u1' },
  purpose: 'coordinated-plan',
  endpoint: 'GET /v1/citizens/:id/plan',
  citizen: randomUUID(),
  records: [randomUUID(), randomUUID()],
  decision: 'allowed',
  bases: ['2 GDPR art. 6(1)(e)', '6 consent:x:1'],
  correlation: randomUUID(),
  ...more,
});
const count = async (): Promise<number> =>
  (await database.pool().query<{ n: number }>('select count(*)::int as n from access_log')).rows[0]?.n ?? 0;
const transactions = async (correlations: readonly string[]): Promise<number> =>
  (
    await database
      .pool()
      .query<{ n: number }>('select count(distinct xmin::text)::int as n from access_log where correlation = any($1)', [
        correlations,
      ])
  ).rows[0]?.n ?? 0;

describe('the access log', () => {
  it('keeps every field, and nothing of it reads as altered', async () => {
    const log = createAccessLog(database.pool(), keys);
    const wild = entry({
      actor: { kind: 'representative', person: 'p "q" {,} \\ ,\ud800 æ', consumer: 'edge', citizen: randomUUID() },
      represented: randomUUID().toUpperCase(),
      citizen: randomUUID().toUpperCase(),
      numberHash: keys.hash('cpr', 'x'),
      bases: ['', 'a,b', '{"x"}', 'null', '\u001f'],
      records: [],
      emergency: true,
    });
    await log.write([wild, entry()]);
    const { rows } = await database.pool().query('select * from access_log where correlation = $1', [wild.correlation]);
    expect(rows[0]).toMatchObject({ consumer: 'edge', emergency: true, records: [], decision: 'allowed' });
    expect((await verifyLog(database.pool(), keys)).findings).toEqual([]);
  });

  it('puts the entries of waiting requests into one commit', async () => {
    const log = createAccessLog(database.pool(), keys);
    const entries = Array.from({ length: 200 }, () => entry());
    const before = await count();
    await Promise.all(entries.map((one) => log.write([one])));
    expect(await count()).toBe(before + 200);
    expect(await transactions(entries.map((one) => one.correlation))).toBeLessThan(20);
  });

  it('refuses the entry the database cannot hold, and no other', async () => {
    const log = createAccessLog(database.pool(), keys);
    const before = await count();
    const bad = log.write([entry({ records: ['not-an-id'] })]);
    const good = [log.write([entry()]), log.write([entry()])];
    await expect(bad).rejects.toMatchObject({ code: 'log/unwritable' });
    await Promise.all(good);
    expect(await count()).toBe(before + 2);
  });

  it('says unwritable when the database is away, and after closing', async () => {
    const gone = createPool('postgres://nobody@127.0.0.1:1/none');
    await expect(createAccessLog(gone, keys).write([entry()])).rejects.toMatchObject({ code: 'log/unwritable' });
    await gone.end();
    const log = createAccessLog(database.pool(), keys);
    const last = log.write([entry()]);
    await log.close();
    await last;
    await expect(log.write([entry()])).rejects.toMatchObject({ code: 'log/unwritable' });
  });

  it('stops disclosure when sealing is too far behind, and goes on when it has caught up', async () => {
    const pool = database.pool();
    while ((await sealBatch(pool, keys)) > 0);
    await createAccessLog(pool, keys).write([entry()]);
    await pool.query(`update log_unsealed set queued_at = queued_at - interval '15 minutes 1 second'`);
    await expect(createAccessLog(pool, keys).write([entry()])).rejects.toMatchObject({ code: 'log/unwritable' });
    await createAccessLog(pool, keys, { sealStopMs: 20 * 60_000 }).write([entry()]);
    await sealBatch(pool, keys);
    await createAccessLog(pool, keys).write([entry()]);
  });

  it('is durable even where the server would not wait for its disk', async () => {
    const pool = createPool(database.url(), { max: 1 });
    await pool.query('create table seen_commit (setting text)');
    await pool.query(`create function see_commit() returns trigger language plpgsql as $$
      begin insert into seen_commit values (current_setting('synchronous_commit')); return null; end $$`);
    await pool.query(`create constraint trigger see after insert on access_log initially deferred
      for each row execute function see_commit()`);
    await pool.query('set synchronous_commit = off');
    await createAccessLog(pool, keys).write([entry()]);
    const { rows } = await pool.query('select setting from seen_commit');
    await pool.query('drop trigger see on access_log');
    await pool.end();
    expect(rows).toEqual([{ setting: 'on' }]);
  });

  it('is append-only', async () => {
    const pool = database.pool();
    await expect(pool.query(`update access_log set person = 'x'`)).rejects.toThrow(/append-only/);
    await expect(pool.query('delete from access_log')).rejects.toThrow(/append-only/);
    await expect(pool.query('truncate access_log')).rejects.toThrow(/append-only/);
    await expect(pool.query('delete from log_seal')).rejects.toThrow(/append-only/);
  });
});
