// The schedule's rows: what is due when, and when it last fired. The watchdog compares them with the clock.
import type { Db } from './db.ts';

export interface ScheduleRow {
  readonly source: string;
  readonly kind: string;
  readonly cron: string;
  readonly nextAt: Date;
  readonly lastFiredAt: Date | null;
  readonly rearmed: number;
}

interface Row {
  readonly source: string;
  readonly kind: string;
  readonly cron: string;
  readonly next_at: Date;
  readonly last_fired_at: Date | null;
  readonly rearmed: number;
}

const rowOf = (row: Row): ScheduleRow => ({
  source: row.source,
  kind: row.kind,
  cron: row.cron,
  nextAt: row.next_at,
  lastFiredAt: row.last_fired_at,
  rearmed: row.rearmed,
});

export const readSchedule = async (db: Db, source: string, kind: string): Promise<ScheduleRow | undefined> => {
  const { rows } = await db.query<Row>('select * from schedule where source = $1 and kind = $2', [source, kind]);
  return rows[0] === undefined ? undefined : rowOf(rows[0]);
};

export const writeSchedule = async (
  db: Db,
  next: { source: string; kind: string; cron: string; nextAt: Date; firedAt: Date | undefined; rearmed: boolean },
): Promise<void> => {
  await db.query(
    `insert into schedule as s (source, kind, cron, next_at, last_fired_at) values ($1, $2, $3, $4, $5)
     on conflict (source, kind) do update set cron = excluded.cron, next_at = excluded.next_at,
       last_fired_at = coalesce(excluded.last_fired_at, s.last_fired_at), rearmed = s.rearmed + $6::int`,
    [next.source, next.kind, next.cron, next.nextAt, next.firedAt ?? null, next.rearmed ? 1 : 0],
  );
};

export const markFired = async (db: Db, source: string, kind: string, at: Date): Promise<void> => {
  await db.query('update schedule set last_fired_at = $3 where source = $1 and kind = $2', [source, kind, at]);
};

/** Schedules whose slot passed more than `graceMs` ago without firing. */
export const overdue = async (db: Db, graceMs: number): Promise<readonly ScheduleRow[]> => {
  const { rows } = await db.query<Row>(`select * from schedule where next_at < now() - $1 * interval '1 millisecond'`, [
    graceMs,
  ]);
  return rows.map(rowOf);
};

export const listSchedules = async (db: Db): Promise<readonly ScheduleRow[]> =>
  (await db.query<Row>('select * from schedule order by source, kind')).rows.map(rowOf);
