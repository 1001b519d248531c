// The database as an operator asks about it: what takes room, who is connected, what holds others up, which migrations it
// has had. Statistics and names of tables; nothing that is in them.
import type { Db } from './db.ts';

export type TableGroup =
  | 'records'
  | 'people'
  | 'consent'
  | 'log'
  | 'changes'
  | 'runs'
  | 'waiting'
  | 'queues'
  | 'webhooks'
  | 'other';

export interface GroupSize {
  readonly group: TableGroup;
  /** With indexes and what is stored outside the rows. */
  readonly bytes: number;
  /** Estimates of the database's own statistics. */
  readonly rows: number;
  readonly deadRows: number;
}

/** A table more than a fifth of which is dead rows that have not been cleared away. */
export interface Bloat {
  readonly table: string;
  readonly rows: number;
  readonly deadRows: number;
  readonly vacuumedAt: Date | null;
}

export interface DatabaseHealth {
  readonly bytes: number;
  readonly version: string;
  /** Those there, of them busy, and as many as there may be; of this database and of the server. */
  readonly connections: { readonly open: number; readonly busy: number; readonly most: number };
  /** Who they are, as each process names itself. */
  readonly processes: readonly { readonly name: string; readonly connections: number }[];
  /** Age of the oldest transaction that is not over, in seconds; it keeps dead rows from going. 0: none. */
  readonly oldestTransactionSeconds: number;
  /** Sessions that wait for another's lock. */
  readonly waitingForLocks: number;
  /** Share of the transaction ids that may pass before the database must be vacuumed: 1 would stop it. */
  readonly transactionIdShare: number;
  /** The largest first. */
  readonly groups: readonly GroupSize[];
  readonly bloated: readonly Bloat[];
}

const groupSql = `case
    when t.schemaname <> 'public' then 'queues'
    when t.relname ~ '^(record|link|citizen_record|master)' then 'records'
    when t.relname ~ '^(citizen|identity|enrolment|subject_key|unit|shared_citizen|protection|merge_log)' then 'people'
    when t.relname ~ '^(consent|representation|emergency|statute|source_version|meeting)' then 'consent'
    when t.relname ~ '^(access_log|log_|act$)' then 'log'
    when t.relname ~ '^(change|consumer|purge)' then 'changes'
    when t.relname ~ '^(run|sync_state|schedule|load_|look|field_seen|drift|breaker|figure)' then 'runs'
    when t.relname ~ '^(quarantine|retained|notice|inbox|held_deletion|journal_item)' then 'waiting'
    when t.relname ~ '^webhook' then 'webhooks'
    else 'other' end`;

const groupsSql = `select ${groupSql} as "group", sum(pg_total_relation_size(t.relid))::bigint as bytes,
    sum(t.n_live_tup)::bigint as rows, sum(t.n_dead_tup)::bigint as "deadRows"
  from pg_stat_user_tables t group by 1 order by 2 desc`;

const bloatSql = `select relname as table, n_live_tup as rows, n_dead_tup as "deadRows",
    greatest(last_vacuum, last_autovacuum) as "vacuumedAt"
  from pg_stat_user_tables where n_dead_tup > 10000 and n_dead_tup > 0.2 * (n_live_tup + n_dead_tup)
  order by n_dead_tup desc limit 10`;

const serverSql = `select pg_database_size(current_database()) as bytes, current_setting('server_version') as version,
    current_setting('max_connections')::int as most,
    (select (age(datfrozenxid) / 2146483647.0)::float8 from pg_database where datname = current_database()) as "idShare"`;

const sessionsSql = `select coalesce(nullif(application_name, ''), '–') as name, count(*)::int as connections,
    count(*) filter (where state <> 'idle')::int as busy, count(*) filter (where wait_event_type = 'Lock')::int as waiting,
    coalesce(max(extract(epoch from clock_timestamp() - xact_start)) filter (where pid <> pg_backend_pid()), 0)::float8 as oldest
  from pg_stat_activity where datname = current_database() and backend_type = 'client backend' group by 1 order by 2 desc, 1`;

interface Sessions {
  readonly name: string;
  readonly connections: number;
  readonly busy: number;
  readonly waiting: number;
  readonly oldest: number;
}

export const readDatabaseHealth = async (db: Db): Promise<DatabaseHealth> => {
  const [server, sessions, groups, bloated] = await Promise.all([
    db.query<{ bytes: number; version: string; most: number; idShare: number }>(serverSql),
    db.query<{ [K in keyof Sessions]: Sessions[K] }>(sessionsSql),
    db.query<{ [K in keyof GroupSize]: GroupSize[K] }>(groupsSql),
    db.query<{ [K in keyof Bloat]: Bloat[K] }>(bloatSql),
  ]);
  const { bytes = 0, version = '', most = 0, idShare = 0 } = server.rows[0] ?? {};
  const sum = (of: (one: Sessions) => number): number => sessions.rows.reduce((all, one) => all + of(one), 0);
  return {
    bytes,
    version,
    connections: { open: sum((one) => one.connections), busy: sum((one) => one.busy), most },
    processes: sessions.rows.map(({ name, connections }) => ({ name, connections })),
    oldestTransactionSeconds: Math.max(0, ...sessions.rows.map(({ oldest }) => oldest)),
    waitingForLocks: sum((one) => one.waiting),
    transactionIdShare: idShare,
    groups: groups.rows,
    bloated: bloated.rows,
  };
};

export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly appliedAt: Date;
}

/** The latest first. */
export const readMigrations = async (db: Db): Promise<readonly AppliedMigration[]> =>
  (
    await db.query<{ [K in keyof AppliedMigration]: AppliedMigration[K] }>(
      'select number, name, applied_at as "appliedAt" from schema_migration order by number desc',
    )
  ).rows;
