// What one round of the alert rules reads and writes: conditions that wait, episodes that open, change and resolve, and
// what contacts are still to be told. All of a round is one transaction under one lock, so that any number of workers make
// one row per episode.
import { randomUUID } from 'node:crypto';
import type { Said, Severity } from './alerts.ts';
import { type Pool, type Tx, transaction } from './db.ts';

export interface Key {
  readonly rule: string;
  readonly subject: string;
}

export interface Pending extends Key {
  readonly since: Date;
}

export interface OpenEpisode extends Key {
  readonly id: string;
  readonly step: number;
  readonly severity: Severity;
  readonly said: Said;
  readonly goneAt: Date | null;
}

/** Runs `work` unless another worker's round is under way. @returns undefined then. */
export const oneRound = <T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T | undefined> =>
  transaction(pool, async (tx) => {
    const { rows } = await tx.query<{ ok: boolean }>('select pg_try_advisory_xact_lock(7265751) as ok');
    return rows[0]?.ok === true ? work(tx) : undefined;
  });

export const standing = async (
  tx: Tx,
): Promise<{ readonly pending: readonly Pending[]; readonly open: readonly OpenEpisode[] }> => {
  const { rows: pending } = await tx.query<{ [K in keyof Pending]: Pending[K] }>(
    'select rule, subject, since from alert_pending',
  );
  const { rows: open } = await tx.query<{ [K in keyof OpenEpisode]: OpenEpisode[K] }>(
    `select id, rule, subject, step, severity, said, gone_at as "goneAt" from alert where resolved_at is null`,
  );
  return { pending, open };
};

export const beginPending = async (tx: Tx, { rule, subject, since }: Pending): Promise<void> => {
  await tx.query('insert into alert_pending (rule, subject, since) values ($1, $2, $3)', [rule, subject, since]);
};

export const endPending = async (tx: Tx, { rule, subject }: Key): Promise<void> => {
  await tx.query('delete from alert_pending where rule = $1 and subject = $2', [rule, subject]);
};

export interface NewEpisode extends Key {
  readonly source: string | undefined;
  readonly severity: Severity;
  readonly step: number;
  readonly said: Said;
  readonly since: Date;
  readonly openedAt: Date;
}

export const openEpisode = async (tx: Tx, one: NewEpisode): Promise<void> => {
  await endPending(tx, one);
  await tx.query(
    `insert into alert (id, rule, subject, source, severity, step, said, since, opened_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      randomUUID(),
      one.rule,
      one.subject,
      one.source ?? null,
      one.severity,
      one.step,
      JSON.stringify(one.said),
      one.since,
      one.openedAt,
    ],
  );
};

/** It is there, as it is now. What has become worse is not made better by a better moment. */
export const confirmEpisode = async (
  tx: Tx,
  id: string,
  now: { readonly severity: Severity; readonly step: number; readonly said: Said },
): Promise<void> => {
  await tx.query(
    `update alert set gone_at = null, said = $2, severity = case when $3 > step then $4 else severity end,
       step = greatest(step, $3) where id = $1`,
    [id, JSON.stringify(now.said), now.step, now.severity],
  );
};

export const missEpisode = async (tx: Tx, id: string, goneAt: Date): Promise<void> => {
  await tx.query('update alert set gone_at = coalesce(gone_at, $2) where id = $1', [id, goneAt]);
};

export const resolveEpisode = async (tx: Tx, id: string, at: Date): Promise<void> => {
  await tx.query('update alert set gone_at = coalesce(gone_at, $2), resolved_at = $2 where id = $1', [id, at]);
};

export interface Untold extends Key {
  readonly id: string;
  readonly source: string | null;
  readonly severity: Severity;
  readonly step: number;
  readonly toldStep: number;
  readonly said: Said;
  readonly since: Date;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
  readonly snoozed: boolean;
}

/** Episodes that contacts have not been told the latest of. */
export const untold = async (tx: Tx, now: Date): Promise<readonly Untold[]> => {
  const { rows } = await tx.query<{ [K in keyof Untold]: Untold[K] }>(
    `select a.id, a.rule, a.subject, a.source, a.severity, a.step, a.told_step as "toldStep", a.said, a.since,
       a.opened_at as "openedAt", a.resolved_at as "resolvedAt", s.until is not null as snoozed
     from alert a left join alert_snooze s on s.rule = a.rule and s.subject = a.subject and s.until > $1
     where not a.told_end and (a.resolved_at is not null or a.told_step < a.step) order by a.opened_at, a.id`,
    [now],
  );
  return rows;
};

export const markTold = async (tx: Tx, { id, step, resolvedAt }: Untold): Promise<void> => {
  await tx.query('update alert set told_step = greatest(told_step, $2), told_end = $3 where id = $1', [
    id,
    resolvedAt === null ? step : 0,
    resolvedAt !== null,
  ]);
};

/** Takes the day's digest upon itself. @returns false when it has been written. */
export const takeDigest = async (tx: Tx, day: string, now: Date): Promise<boolean> =>
  ((await tx.query('insert into alert_digest (day, made_at) values ($1, $2) on conflict do nothing', [day, now]))
    .rowCount ?? 0) > 0;

/** What resolved that long ago is listed no more, and what was sent beside it. */
export const pruneAlerts = async (pool: Pool, before: Date): Promise<void> => {
  await pool.query('delete from alert where resolved_at < $1', [before]);
  await pool.query(`delete from alert_notice where alert is null and state <> 'waiting' and created_at < $1`, [before]);
  await pool.query('delete from alert_snooze where until < $1', [before]);
};
