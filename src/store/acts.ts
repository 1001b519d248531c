// What operators did to the running hub: who, when, what, on what, why, and with what result. Written in the transaction of
// the act where there is one; read by pages and the command line alike. Append-only, and nothing in it is about a citizen.
import { maskNumbers } from '../model/cpr.ts';
import { type Db, type Pool, transaction } from './db.ts';

/** What something is done to. */
export const actNouns = [
  'source',
  'run',
  'quarantine',
  'deletion',
  'drift',
  'notice',
  'webhook',
  'consumer',
  'alert',
  'citizen',
  'consent',
  'log',
  'queue',
  'mapping',
  'session',
] as const;

/** A noun and what is done to it. */
export type ActName = `${(typeof actNouns)[number]}.${string}`;

export interface NewAct {
  readonly at: Date;
  /** Whose id; never a name. */
  readonly person: string;
  readonly role: string;
  readonly what: ActName;
  /** What it was done to: `momentum/case`, or an id of a webhook, run or alert. */
  readonly subject: string;
  readonly source?: string | undefined;
  readonly why?: string | undefined;
  /** Default: done. */
  readonly outcome?: string;
  /** Names and numbers; nothing about a citizen. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

export interface Act {
  readonly id: number;
  readonly at: Date;
  readonly person: string;
  readonly role: string;
  readonly what: string;
  readonly subject: string;
  readonly source: string | null;
  readonly why: string | null;
  readonly outcome: string;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** @returns its number. */
export const recordAct = async (db: Db, act: NewAct): Promise<number> => {
  const { rows } = await db.query<{ id: number }>(
    `insert into act (at, person, role, what, subject, source, why, outcome, detail)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id`,
    [
      act.at,
      act.person,
      act.role,
      act.what,
      act.subject,
      act.source ?? null,
      act.why === undefined ? null : maskNumbers(act.why),
      act.outcome ?? 'done',
      JSON.stringify(act.detail ?? {}),
    ],
  );
  return rows[0]?.id ?? 0;
};

export interface ActFilter {
  readonly person?: string;
  /** `source.pause`, or `source` for all that was done to sources. */
  readonly what?: string;
  readonly source?: string;
  readonly subject?: string;
  readonly from?: Date;
  /** Not included. */
  readonly to?: Date;
  /** Only those before the act of this number. */
  readonly after?: number;
  readonly limit: number;
}

/** Newest first. */
export const listActs = async (db: Db, filter: ActFilter): Promise<readonly Act[]> => {
  const { rows } = await db.query<{ [K in keyof Act]: Act[K] }>(
    `select id, at, person, role, what, subject, source, why, outcome, detail from act
     where ($1::text is null or person = $1) and ($2::text is null or what = $2 or split_part(what, '.', 1) = $2)
       and ($3::text is null or source = $3) and ($4::text is null or subject = $4)
       and ($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6)
       and ($7::bigint is null or id < $7)
     order by id desc limit $8`,
    [
      filter.person ?? null,
      filter.what ?? null,
      filter.source ?? null,
      filter.subject ?? null,
      filter.from ?? null,
      filter.to ?? null,
      filter.after ?? null,
      filter.limit,
    ],
  );
  return rows;
};

/** Retention, as the access log's. @returns how many went. */
export const cutActs = (pool: Pool, before: Date): Promise<number> =>
  transaction(pool, async (tx) => {
    await tx.query(`select set_config('samspil.log_retention', 'on', true)`);
    const { rowCount } = await tx.query('delete from act where at < $1', [before]);
    return rowCount ?? 0;
  });
