// What an operator is told of the database, the keys, the workers and the queues is what is there.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openQueues } from '../../src/jobs/queue.ts';
import { createKeyRing } from '../../src/store/crypto.ts';
import { createPool } from '../../src/store/db.ts';
import { readDatabaseHealth, readMigrations } from '../../src/store/health-view.ts';
import { readKeyUse } from '../../src/store/key-use.ts';
import { forgetWorker, readWorkers, seeWorker } from '../../src/store/workers.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();

describe('health', () => {
  test('tells sizes by group, connections by process, and what holds others up', async () => {
    const other = createPool(database.url(), { max: 1, name: 'samspil-other' });
    const client = await other.connect();
    try {
      await client.query('begin');
      await client.query('select 1');
      await client.query('select pg_sleep(0.05)');
      const health = await readDatabaseHealth(database.pool());
      expect(health.bytes).toBeGreaterThan(1_000_000);
      expect(health.version).toMatch(/^\d+/);
      expect(health.connections.open).toBeGreaterThanOrEqual(2);
      expect(health.connections.most).toBeGreaterThan(health.connections.open);
      expect(health.processes).toContainEqual({ name: 'samspil-other', connections: 1 });
      expect(health.oldestTransactionSeconds).toBeGreaterThanOrEqual(0.05);
      expect(health.transactionIdShare).toBeLessThan(0.01);
      const groups = health.groups.map(({ group }) => group);
      expect(groups).toEqual(
        expect.arrayContaining(['records', 'people', 'log', 'runs', 'waiting', 'changes', 'consent']),
      );
      expect(new Set(groups).size).toBe(groups.length);
      expect(health.bloated).toEqual([]);
    } finally {
      await client.query('rollback');
      client.release();
      await other.end();
    }
  });

  test('tells the migrations, the latest first', async () => {
    const migrations = await readMigrations(database.pool());
    expect(migrations.at(-1)).toMatchObject({ number: 1, name: '0001_people.sql' });
    expect(migrations[0]?.appliedAt).toBeInstanceOf(Date);
  });

  test('counts the values of every key, so that one that nothing uses can go', async () => {
    const pool = database.pool();
    const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
    const hashKey = randomBytes(32).toString('base64');
    const before = createKeyRing({ keys: { k1: first }, current: 'k1', hashKey });
    const after = createKeyRing({ keys: { k1: first, 'k-2026': second }, current: 'k-2026', hashKey });
    expect(await readKeyUse(pool, before)).toEqual([{ key: 'k1', current: true, tables: [], values: 0 }]);
    const put = (cipher: Buffer, n: number) =>
      pool.query(
        `insert into quarantine (source, kind, key_hash, code, path, mapping_version, cipher, expires_at) values ('toy', 'case', $1, 'c', 'p', '1', $2, 'infinity')`,
        [Buffer.from([n]), cipher],
      );
    await put(before.encrypt('a', 'x'), 1);
    await put(before.encrypt('b', 'x'), 2);
    await put(after.encrypt('c', 'x'), 3);
    expect(await readKeyUse(pool, after)).toEqual([
      { key: 'k-2026', current: true, tables: [{ table: 'quarantine', values: 1 }], values: 1 },
      { key: 'k1', current: false, tables: [{ table: 'quarantine', values: 2 }], values: 2 },
    ]);
  });

  test('every sealed column of the schema is counted', async () => {
    const { rows } = await database.pool().query<{ name: string }>(
      `select c.table_name || '.' || c.column_name as name from information_schema.columns c
       where c.table_schema = 'public' and c.data_type = 'bytea' and c.column_name ~ 'cipher' and c.table_name !~ '^record_body_'
       order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual([
      'emergency_access.reason_cipher',
      'identity.cpr_cipher',
      'inbox_message.cipher',
      'notice.key_cipher',
      'quarantine.cipher',
      'record_body.cipher',
      'record_body.stripped_cipher',
      'representation.name_cipher',
      'retained.cipher',
    ]);
  });

  test('knows the workers there are, by no name of a machine', async () => {
    const pool = database.pool();
    const id = '7b1b4f0e-6a54-4b39-9d9f-0f3c2e1a5d77';
    const startedAt = new Date('2026-11-22T01:00:00Z');
    await seeWorker(pool, { id, version: '0.1.0', startedAt });
    const [first] = await readWorkers(pool);
    await seeWorker(pool, { id, version: '0.1.0', startedAt });
    const workers = await readWorkers(pool);
    expect(workers).toMatchObject([{ id, version: '0.1.0', startedAt }]);
    expect(workers[0]?.seenAt.getTime()).toBeGreaterThanOrEqual(first?.seenAt.getTime() ?? 0);
    await pool.query(`update worker_seen set seen_at = now() - interval '2 days'`);
    expect(await readWorkers(pool)).toEqual([]);
    await seeWorker(pool, { id: 'd0b8a9f2-08a4-4f44-8a49-0a0b5a5b1f11', version: '0.1.0', startedAt });
    expect((await pool.query('select 1 from worker_seen')).rowCount).toBe(1);
    await forgetWorker(pool, 'd0b8a9f2-08a4-4f44-8a49-0a0b5a5b1f11');
    expect(await readWorkers(pool)).toEqual([]);
  });

  test('tells how deep a queue is', async () => {
    const redisUrl = process.env['REDIS_URL'];
    const queues = openQueues({ databaseUrl: database.url(), ...(redisUrl === undefined ? {} : { redisUrl }) });
    const name = `depth-${randomBytes(4).toString('hex')}`;
    try {
      const queue = queues.queue(name);
      const data = { type: 'history', source: name } as const;
      await queue.add(`${name}.1`, data);
      await queue.add(`${name}.2`, data);
      await queue.add(`${name}.3`, data, { delayMs: 60_000 });
      expect(await queue.depth()).toEqual({ waiting: 2, active: 0, delayed: 1, failed: 0 });
    } finally {
      await queues.close();
    }
  });
});
