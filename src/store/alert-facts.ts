// What the alert rules ask of Postgres and nobody else does: counts and ages, never a record or a citizen.
import type { Db } from './db.ts';

interface OfKind {
  readonly source: string;
  readonly kind: string;
}

export interface FailingKind extends OfKind {
  readonly code: string;
  /** When it was last pulled to its end; null: never. */
  readonly pulledAt: Date | null;
  /** How many kinds of its source are scheduled. */
  readonly of: number;
}

/** Kinds whose last `runs` pulls that ended all failed. */
export const failingKinds = async (db: Db, runs: number): Promise<readonly FailingKind[]> => {
  const { rows } = await db.query<{ [K in keyof FailingKind]: FailingKind[K] }>(
    `select k.source, k.kind, l.code, y.last_complete_at as "pulledAt", k.of
     from (select source, kind, count(*) over (partition by source)::int as of from schedule) k
     left join sync_state y using (source, kind)
     cross join lateral (
       select count(*) as tries, bool_and(state = 'failed') as failed,
         coalesce((array_agg(error_code order by ended_at desc))[1], '') as code
       from (select state, ended_at, error_code from run r where r.source = k.source and r.kind = k.kind
           and r.mode in ('incremental', 'load') and r.state in ('done', 'failed') and r.ended_at is not null
         order by r.ended_at desc limit $1) last) l
     where l.tries >= $1 and l.failed order by k.source, k.kind`,
    [Math.max(1, Math.round(runs))],
  );
  return rows;
};

export interface QuarantineCount extends OfKind {
  readonly waiting: number;
  /** Of them, received after `since`. */
  readonly lately: number;
}

export const quarantineCounts = async (db: Db, since: Date): Promise<readonly QuarantineCount[]> => {
  const { rows } = await db.query<{ [K in keyof QuarantineCount]: QuarantineCount[K] }>(
    `select source, kind, count(*)::int as waiting, (count(*) filter (where received_at > $1))::int as lately
     from quarantine where state = 'open' group by source, kind order by source, kind`,
    [since],
  );
  return rows;
};

export interface Rearmed extends OfKind {
  readonly times: number;
}

/** How often the watchdog has had to start what its schedule should have, after `since`. */
export const rearmedSince = async (db: Db, since: Date): Promise<readonly Rearmed[]> => {
  const { rows } = await db.query<{ [K in keyof Rearmed]: Rearmed[K] }>(
    `select s.source, s.kind, l.times from schedule s cross join lateral (
       select count(*)::int as times from run r where r.source = s.source and r.kind = s.kind and r.queued_at > $1
         and r.trigger = 'watchdog') l
     where l.times > 0 order by s.source, s.kind`,
    [since],
  );
  return rows;
};

/** Since when the oldest entry of the access log waits to be sealed. */
export const unsealedSince = async (db: Db): Promise<Date | undefined> =>
  (await db.query<{ since: Date | null }>('select min(queued_at) as since from log_unsealed')).rows[0]?.since ??
  undefined;

/** How many times emergency access was taken in this span. */
export const emergenciesBetween = async (db: Db, from: Date, to: Date): Promise<number> =>
  (
    await db.query<{ n: number }>(
      'select count(*)::int as n from emergency_access where valid_from >= $1 and valid_from < $2',
      [from, to],
    )
  ).rows[0]?.n ?? 0;

export interface DeafWebhook {
  readonly id: string;
  readonly consumer: string;
  readonly host: string;
  readonly reason: string;
  readonly since: Date;
}

/** Webhooks that are told nothing any more though nobody here wanted it so. */
export const disabledWebhooks = async (db: Db): Promise<readonly DeafWebhook[]> => {
  const { rows } = await db.query<{ [K in keyof DeafWebhook]: DeafWebhook[K] }>(
    `select id, consumer, host, reason, state_since as since from webhook
     where state = 'disabled' and reason in ('gone', 'failing') order by state_since, id`,
  );
  return rows;
};

export interface Backlog {
  readonly queue: 'webhooks' | 'history' | 'notices';
  readonly source: string | null;
  readonly due: number;
}

/** Work that is due and not done, by what Postgres knows; the queue's own store may be empty at any moment. */
export const backlogs = async (db: Db, now: Date): Promise<readonly Backlog[]> => {
  const { rows } = await db.query<{ [K in keyof Backlog]: Backlog[K] }>(
    `select 'webhooks' as queue, null as source, count(*)::int as due from webhook_delivery
       where state = 'waiting' and next_at <= $1
     union all select 'history', source, count(*)::int from citizen_fetch where ended_at is null group by source
     union all select 'notices', source, count(*)::int from notice where state = 'open' and next_at <= $1 group by source`,
    [now],
  );
  return rows;
};

export const databaseBytes = async (db: Db): Promise<number> =>
  (await db.query<{ n: number }>('select pg_database_size(current_database()) as n')).rows[0]?.n ?? 0;

/** When this encryption key was first in use here; noted at the first question. */
export const keyInUseSince = async (db: Db, keyId: string, now: Date): Promise<Date> => {
  const { rows } = await db.query<{ value: string }>(
    `insert into hub_setting (name, value) values ($1, $2)
     on conflict (name) do update set value = hub_setting.value returning value`,
    [`key-since.${keyId}`, now.toISOString()],
  );
  return new Date(rows[0]?.value ?? now);
};
