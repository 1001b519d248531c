// What sources told of their own records: one open row per record, however often it was told; only of enrolled citizens
// where citizens were named. The key is kept as keyed hash and sealed value, and the value goes when the notice is done.
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';
import { keyHash } from './subjects.ts';

export type NoticeChange = 'created' | 'updated' | 'deleted';

export interface NewNotice {
  readonly kind: string;
  readonly key: string;
  readonly change: NoticeChange;
  /** Enrolled citizens; undefined when the source named none. */
  readonly citizens: readonly string[] | undefined;
}

export interface OpenNotice extends NewNotice {
  readonly id: number;
  /** Given back when it ends: told again meanwhile, it stays open. */
  readonly times: number;
  readonly receivedAt: Date;
  readonly attempts: number;
}

const context = (source: string, kind: string, hash: Buffer): string =>
  `notice:${source}:${kind}:${hash.toString('hex')}`;

/** Of one key told several times in one delivery, the last word, about everybody it ever named. */
const onceEach = (notices: readonly NewNotice[]): readonly NewNotice[] => {
  const once = new Map<string, NewNotice>();
  for (const notice of notices) {
    const name = JSON.stringify([notice.kind, notice.key]);
    const before = once.get(name) ?? notice;
    const unnamed = before.citizens === undefined || notice.citizens === undefined;
    const citizens = unnamed ? undefined : [...new Set([...(before.citizens ?? []), ...(notice.citizens ?? [])])];
    once.set(name, { ...notice, citizens });
  }
  return [...once.values()];
};

/**
 * Keeps notices. One that is open already is due again, about everybody it ever named; one that came without citizens
 * keeps being asked for by its key.
 */
export const putNotices = async (tx: Db, keys: KeyRing, source: string, all: readonly NewNotice[]): Promise<void> => {
  if (all.length === 0) return;
  const notices = onceEach(all).map((notice) => ({
    ...notice,
    hash: keyHash(keys, source, notice.kind, notice.key),
  }));
  // In one order, so that two deliveries about the same records wait for one another and do not lock each other out.
  notices.sort((a, b) => a.hash.compare(b.hash));
  await tx.query(
    `insert into notice as n (source, kind, key_hash, key_cipher, citizens, change)
     select $1, kind, hash, cipher, citizens::uuid[], change
     from unnest($2::text[], $3::bytea[], $4::bytea[], $5::text[], $6::text[]) with ordinality as t(kind, hash, cipher, citizens, change, at) order by at
     on conflict (source, kind, key_hash) where state <> 'done' do update set state = 'open', times = n.times + 1, change = excluded.change,
       citizens = case when n.citizens is not null and excluded.citizens is not null
         then array(select distinct unnest(n.citizens || excluded.citizens)) end,
       received_at = clock_timestamp(), next_at = least(n.next_at, now()), attempts = 0, error_code = null, ended_at = null`,
    [
      source,
      notices.map((n) => n.kind),
      notices.map((n) => n.hash),
      notices.map((n) => keys.encrypt(n.key, context(source, n.kind, n.hash))),
      notices.map((n) => (n.citizens === undefined ? null : `{${n.citizens.join(',')}}`)),
      notices.map((n) => n.change),
    ],
  );
};

interface Row {
  readonly id: number;
  readonly kind: string;
  readonly key_hash: Buffer;
  readonly key_cipher: Buffer;
  readonly citizens: string[] | null;
  readonly change: NoticeChange;
  readonly times: number;
  readonly received_at: Date;
  readonly attempts: number;
}

/** Open notices that are due, oldest first. */
export const dueNotices = async (
  db: Db,
  keys: KeyRing,
  source: string,
  limit: number,
): Promise<readonly OpenNotice[]> => {
  const { rows } = await db.query<Row>(
    `select * from notice where source = $1 and state = 'open' and next_at <= now() order by id limit $2`,
    [source, limit],
  );
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    key: keys.decrypt(row.key_cipher, context(source, row.kind, row.key_hash)),
    citizens: row.citizens ?? undefined,
    change: row.change,
    times: row.times,
    receivedAt: row.received_at,
    attempts: row.attempts,
  }));
};

/** Ends notices; those told again since they were read stay open. `code`: why nothing was fetched. */
export const endNotices = async (
  db: Db,
  notices: readonly Pick<OpenNotice, 'id' | 'times'>[],
  code?: string,
): Promise<void> => {
  await db.query(
    `update notice n set state = 'done', key_cipher = null, citizens = null, ended_at = now(), error_code = $3
     from unnest($1::bigint[], $2::int[]) as t(id, times) where n.id = t.id and n.times = t.times and n.state = 'open'`,
    [notices.map(({ id }) => id), notices.map(({ times }) => times), code ?? null],
  );
};

/** They wait; with `code` after a failure that counts, and that ends them when it was the last attempt. */
export const delayNotices = async (
  db: Db,
  notices: readonly Pick<OpenNotice, 'id' | 'times'>[],
  waitMs: number,
  failure?: { readonly code: string; readonly attempts: number },
): Promise<void> => {
  await db.query(
    `update notice n set next_at = now() + $3 * interval '1 millisecond', error_code = coalesce($4, error_code),
       attempts = attempts + case when $4::text is null then 0 else 1 end,
       state = case when $4::text is not null and attempts + 1 >= $5 then 'failed' else state end,
       ended_at = case when $4::text is not null and attempts + 1 >= $5 then now() end
     from unnest($1::bigint[], $2::int[]) as t(id, times) where n.id = t.id and n.times = t.times and n.state = 'open'`,
    [
      notices.map(({ id }) => id),
      notices.map(({ times }) => times),
      waitMs,
      failure?.code ?? null,
      failure?.attempts ?? 0,
    ],
  );
};

/** When a complete run that began last began: what was told before it has been asked for by it. */
export const lastRunBegan = async (db: Db, source: string, kind: string): Promise<Date | null> => {
  const { rows } = await db.query<{ at: Date | null }>(
    `select max(started_at) as at from run where source = $1 and kind = $2 and state = 'done' and mode in ('incremental', 'load')`,
    [source, kind],
  );
  return rows[0]?.at ?? null;
};

/** Records that went because notices said so, lately: many small batches are a mass deletion, too. */
export const deletedByNotice = async (db: Db, source: string, kind: string): Promise<number> => {
  const { rows } = await db.query<{ n: number }>(
    `select count(*)::int as n from notice where source = $1 and kind = $2 and state = 'done' and change = 'deleted' and ended_at > now() - interval '1 hour'`,
    [source, kind],
  );
  return rows[0]?.n ?? 0;
};

/** Told as changed, found gone: counts for the guard like one that was told as deleted. */
export const foundDeleted = async (db: Db, notices: readonly Pick<OpenNotice, 'id'>[]): Promise<void> => {
  await db.query(`update notice set change = 'deleted' where id = any($1::bigint[])`, [notices.map(({ id }) => id)]);
};

export const sourcesWithNotices = async (db: Db): Promise<readonly string[]> =>
  (
    await db.query<{ source: string }>(`select distinct source from notice where state = 'open' and next_at <= now()`)
  ).rows.map((row) => row.source);

/** Takes an erased citizen out of what waits. */
export const eraseNotices = async (tx: Db, citizenId: string): Promise<void> => {
  await tx.query(`delete from notice where citizens <@ array[$1::uuid] and state <> 'done'`, [citizenId]);
  await tx.query(
    `update notice set citizens = array_remove(citizens, $1::uuid) where citizens @> array[$1::uuid] and state <> 'done'`,
    [citizenId],
  );
};

/** Those that could not be fetched hold their keys until somebody tries again, and no longer than a month. */
export const expireNotices = async (db: Db): Promise<void> => {
  await db.query(
    `delete from notice where ended_at < now() - case state when 'failed' then interval '30 days' else interval '1 day' end`,
  );
};

export interface NoticeGroup {
  readonly source: string;
  readonly kind: string;
  readonly state: string;
  readonly count: number;
  readonly oldest: Date;
  readonly attempts: number;
  readonly code: string | null;
}

/** Open and failed ones; never a key. */
export const noticeGroups = async (db: Db, source: string | undefined): Promise<readonly NoticeGroup[]> =>
  (
    await db.query<NoticeGroup>(
      `select source, kind, state, count(*)::int as count, min(received_at) as oldest, max(attempts) as attempts, error_code as code
       from notice where state <> 'done' and ($1::text is null or source = $1) group by source, kind, state, error_code order by source, kind, state`,
      [source ?? null],
    )
  ).rows;

/** Failed ones are due again. @returns how many. */
export const retryNotices = async (db: Db, source: string): Promise<number> => {
  const { rowCount } = await db.query(
    `update notice set state = 'open', attempts = 0, next_at = now(), ended_at = null where source = $1 and state = 'failed'`,
    [source],
  );
  return rowCount ?? 0;
};
