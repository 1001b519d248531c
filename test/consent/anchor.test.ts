// The file outside the database: it finds what the chain cannot find about itself, when somebody who has the hub's key as
// well rewrites all of it consistently.
import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { createAccessLog } from '../../src/store/access-log.ts';
import { anchorChain, readAnchorFile } from '../../src/store/anchor-file.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { writeMark } from '../../src/store/log-anchor.ts';
import { cutLog, sealBatch, startSealer } from '../../src/store/seal.ts';
import { verifyLog } from '../../src/store/verify.ts';
import { useDatabase } from '../postgres.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());
const day = 86_400_000;
let file: string;

const write = async (count: number, at = new Date()): Promise<void> => {
  await createAccessLog(database.pool(), keys, { sealStopMs: 1e12 }).write(
    Array.from({ length: count }, () => ({
      at,
      actor: { kind: 'professional', person: 'p1' },
      purpose: 'coordinated-plan',
      endpoint: 'GET /v1/citizens/:id/plan',
      citizen: randomUUID(),
      records: [],
      decision: 'allowed' as const,
      bases: [],
      correlation: randomUUID(),
    })),
  );
  while ((await sealBatch(database.pool(), keys)) > 0);
};
const anchor = () => anchorChain(database.pool(), keys, file, 0);
const verify = async (keepMs?: number) =>
  verifyLog(database.pool(), keys, {
    outside: await readAnchorFile(file, keys),
    ...(keepMs === undefined ? {} : { keepMs }),
  });
/** Runs SQL as somebody whom no trigger stops. */
const tamper = async (sql: string): Promise<void> => {
  const client = await database.pool().connect();
  await client.query('alter table access_log disable trigger all; alter table log_seal disable trigger all');
  await client.query(sql).finally(() => client.release());
  await database.pool().query('alter table access_log enable trigger all; alter table log_seal enable trigger all');
};
const empty = `truncate access_log, log_seal, log_unsealed; delete from hub_setting where name like 'log.%'`;

beforeEach(async () => {
  await tamper(empty);
  file = join(await mkdtemp(join(tmpdir(), 'samspil-anchor-')), 'anchor.jsonl');
  for (const _ of [1, 2, 3]) {
    await write(5);
    expect(await anchor()).toBe('added');
  }
});

describe('the anchor file', () => {
  it('holds a line for each time there was more to say, and the chain agrees', async () => {
    expect(await anchor()).toBe('not-due');
    const { lines, forged } = await readAnchorFile(file, keys);
    expect([lines.map((line) => line.number), forged]).toEqual([[5, 10, 15], []]);
    expect((await verify()).findings).toEqual([]);
    await write(1);
    expect(await anchorChain(database.pool(), keys, file, 3_600_000)).toBe('not-due');
    expect((await verify()).ok).toBe(true);
    expect(await readFile(file, 'utf8')).not.toContain('p1');
  });

  it('finds a chain that was written anew, consistently and with the key', async () => {
    await tamper(empty);
    await write(20);
    expect((await verifyLog(database.pool(), keys)).ok).toBe(true);
    const altered = [5, 10, 15].map((number) => expect.objectContaining({ type: 'altered', number }));
    expect((await verify()).findings).toEqual(altered);
    expect(await anchor()).toBe('broken');
  });

  it('finds a chain that was cut and closed, consistently and with the key', async () => {
    await tamper(
      'delete from access_log where id in (select entry_id from log_seal where number > 12); delete from log_seal where number > 12',
    );
    const { rows } = await database.pool().query<{ hash: Buffer }>('select hash from log_seal where number = 12');
    await writeMark(database.pool(), keys, 'head', { number: 12, hash: rows[0]?.hash ?? Buffer.alloc(0) });
    expect((await verifyLog(database.pool(), keys)).ok).toBe(true);
    expect((await verify()).findings).toEqual([{ type: 'removed', number: 13, to: 15 }]);
    expect(await anchor()).toBe('broken');
    await write(1);
    expect(await anchor()).not.toBe('added');
  });

  it('accepts what retention cuts, and not what only looks like it', async () => {
    await tamper(empty);
    await rm(file);
    await write(5, new Date(Date.now() - 10 * day));
    await anchor();
    await write(5);
    await anchor();
    expect(await cutLog(database.pool(), keys, new Date(Date.now() - 5 * day))).toBe(5);
    expect((await verify(5 * day)).findings).toEqual([]);
    await write(5);
    expect(await anchor()).toBe('added');
    expect((await verify(5 * day)).findings).toEqual([]);
    // Everything taken away behind a signed anchor, as retention does it, but far too early.
    await cutLog(database.pool(), keys, new Date(Date.now() + day));
    expect((await verifyLog(database.pool(), keys)).ok).toBe(true);
    expect((await verify(5 * day)).findings).toEqual([10, 15].map((number) => ({ type: 'removed', number })));
  });

  it('shows when lines were altered, taken out or written without the key', async () => {
    const [first = '', second = '', third = ''] = (await readFile(file, 'utf8')).split('\n');
    const forgedBy = async (text: string): Promise<readonly number[]> => {
      await writeFile(file, text);
      return (await readAnchorFile(file, keys)).forged;
    };
    expect(await forgedBy(`${first}\n${third}\n`)).toEqual([2]);
    expect(await forgedBy(`${first}\n${second.replace('"number":10', '"number":11')}\n${third}\n`)).toEqual([2, 3]);
    expect(await forgedBy(`${first}\n${third}\n${second}\n`)).toContain(3);
    const other = await readAnchorFile(file, createKeyRing(newKeyMaterial()));
    expect(other.lines).toEqual([]);
    expect((await verify()).findings).toContainEqual({ type: 'forged', mark: 'file', line: 2 });
    // Rotated away at its beginning it is still one chain of lines.
    expect(await forgedBy(`${second}\n${third}\n`)).toEqual([]);
  });

  it('goes on after half a line', async () => {
    await appendFile(file, '{"number":16,"ha');
    await write(2);
    expect(await anchor()).toBe('added');
    const { lines, forged } = await readAnchorFile(file, keys);
    expect([lines.map((line) => line.number), forged]).toEqual([[5, 10, 15, 17], []]);
  });

  it('that cannot be written is an alarm and no reason to stop sealing', async () => {
    const told: string[] = [];
    const log = createLogger({ level: 'silent' });
    const sealer = startSealer(database.pool(), keys, {
      log: Object.assign(Object.create(log), { error: (line: { event: string }) => told.push(line.event) }),
      everyMs: 20,
      anchor: { file: '/nowhere/anchor.jsonl', everyMs: 0 },
    });
    await write(1);
    await sealer.stop();
    expect([...new Set(told)]).toEqual(['log.anchor-failed']);
    expect((await verify()).unsealed).toBe(0);
    await expect(readAnchorFile('/nowhere/anchor.jsonl', keys)).rejects.toMatchObject({ code: 'config/invalid' });
  });

  it('is written by the sealer by itself, and once more when it stops', async () => {
    const sealer = startSealer(database.pool(), keys, {
      log: createLogger({ level: 'silent' }),
      everyMs: 20,
      anchor: { file, everyMs: day },
    });
    await write(3);
    await sealer.stop();
    expect((await readAnchorFile(file, keys)).lines.at(-1)?.number).toBe(18);
    expect((await verify()).ok).toBe(true);
  });
});
