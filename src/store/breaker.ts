// The circuit breaker of each source, in Postgres so that all workers agree: after some failures in a row it opens,
// then lets one probe through; the probe's success closes it. One dead source delays no other.
import type { Db } from './db.ts';

export interface BreakerRule {
  readonly failures: number;
  readonly probeAfter: number;
}

export interface BreakerPass {
  readonly pass: boolean;
  /** This caller alone passes an open breaker: it must report how it went. */
  readonly probing: boolean;
  /** Until it is worth asking again. */
  readonly waitMs: number;
}

/** Long enough for a probe and the first page; who dies meanwhile leaves the turn to another after this. */
const turnSeconds = 45;

/** May this source be asked now? An open breaker whose time has come turns half-open for one caller. */
export const passBreaker = async (db: Db, source: string): Promise<BreakerPass> => {
  const { rows: probing } = await db.query(
    `update breaker set state = 'half-open', probe_at = now() + $2 * interval '1 second'
     where source = $1 and state <> 'closed' and probe_at <= now() returning source`,
    [source, turnSeconds],
  );
  if (probing.length > 0) return { pass: true, probing: true, waitMs: 0 };
  // While somebody has the turn it is soon decided.
  const { rows } = await db.query<{ wait: number }>(
    `select greatest(0, least(extract(epoch from probe_at - now()) * 1000, case state when 'half-open' then 1000 else 1e9 end))::float8 as wait
     from breaker where source = $1 and state <> 'closed'`,
    [source],
  );
  const open = rows[0];
  return { pass: open === undefined, probing: false, waitMs: Math.ceil(open?.wait ?? 0) };
};

export const reportSuccess = async (db: Db, source: string): Promise<void> => {
  await db.query(
    `update breaker set state = 'closed', failures = 0, opened_at = null, probe_at = null, error_code = null where source = $1 and (failures > 0 or state <> 'closed')`,
    [source],
  );
};

/** Counts a failure that is the source's or the network's. @returns true when the breaker is open now. */
export const reportFailure = async (db: Db, source: string, code: string, rule: BreakerRule): Promise<boolean> => {
  const { rows } = await db.query<{ state: string }>(
    `insert into breaker as b (source, failures, error_code, state, opened_at, probe_at)
     values ($1, 1, $2, case when $3 <= 1 then 'open' else 'closed' end, case when $3 <= 1 then now() end, case when $3 <= 1 then now() + $4 * interval '1 millisecond' end)
     on conflict (source) do update set failures = b.failures + 1, error_code = $2,
       state = case when b.failures + 1 >= $3 or b.state <> 'closed' then 'open' else 'closed' end,
       opened_at = case when b.failures + 1 >= $3 or b.state <> 'closed' then coalesce(b.opened_at, now()) end,
       probe_at = case when b.failures + 1 >= $3 or b.state <> 'closed' then now() + $4 * interval '1 millisecond' end
     returning state`,
    [source, code, rule.failures, rule.probeAfter],
  );
  return rows[0]?.state === 'open';
};

export interface BreakerRow {
  readonly source: string;
  readonly state: 'closed' | 'open' | 'half-open';
  readonly failures: number;
  readonly error_code: string | null;
  readonly probe_at: Date | null;
}

export const listBreakers = async (db: Db): Promise<readonly BreakerRow[]> =>
  (await db.query<BreakerRow>('select source, state, failures, error_code, probe_at from breaker')).rows;
