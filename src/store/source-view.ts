// One source from close by, beside what the overview says of it: where each kind stands and what its schedule is, the
// breaker, and what waits. Nothing about anybody: of checkpoints only what `checkpoint-words.ts` lets through.
import { type CheckpointWord, checkpointWords } from './checkpoint-words.ts';
import type { Db } from './db.ts';

export interface KindView {
  readonly kind: string;
  /** Empty: it has no checkpoint, or begins from the beginning. */
  readonly checkpoint: readonly CheckpointWord[];
  /** Version of the mapping its last load was made with; null: none was. */
  readonly mappingVersion: string | null;
  /** Complete loads begun so far. */
  readonly loads: number;
  /** When the last complete load that was finished had begun; the last pull reached its end; what was gone was swept. */
  readonly lastLoadStartedAt: Date | null;
  readonly lastCompleteAt: Date | null;
  readonly lastSweepAt: Date | null;
  /** A load under way: since when, its records and pages so far, and whether it will sweep. */
  readonly load: {
    readonly startedAt: Date | null;
    readonly served: number;
    readonly pages: number;
    readonly sweeps: boolean;
  } | null;
  readonly reloadWanted: boolean;
  readonly paused: boolean;
  /** Cron in Copenhagen time, its next slot, when it last fired, how often the watchdog had to set it right. */
  readonly schedule: {
    readonly cron: string;
    readonly nextAt: Date;
    readonly lastFiredAt: Date | null;
    readonly rearmed: number;
  } | null;
  /** Records stored of this kind. */
  readonly records: number;
}

export interface SourceView {
  readonly source: string;
  /** By name. */
  readonly kinds: readonly KindView[];
  /** Null: it has never failed. */
  readonly breaker: {
    readonly state: 'closed' | 'open' | 'half-open';
    /** In a row. */
    readonly failures: number;
    readonly errorCode: string | null;
    readonly openedAt: Date | null;
    /** When it is asked again. */
    readonly probeAt: Date | null;
  } | null;
  /** Told by the source and not answered yet; those that failed wait for somebody. */
  readonly notices: { readonly waiting: number; readonly failed: number; readonly oldestAt: Date | null };
  /** Citizens whose history is to be fetched here, and those it could not be fetched for. */
  readonly histories: { readonly waiting: number; readonly failed: number; readonly oldestAt: Date | null };
  /** Asked of the source by runs that ended: in the last hour, and today as Copenhagen counts it. */
  readonly requests: { readonly lastHour: number; readonly today: number };
}

interface KindRow {
  readonly kind: string;
  readonly checkpoint: unknown;
  readonly mapping_version: string | null;
  readonly load: number | null;
  readonly load_complete: boolean | null;
  readonly load_started_at: Date | null;
  readonly load_served: number;
  readonly load_pages: number;
  readonly load_sweep: boolean;
  readonly last_load_started_at: Date | null;
  readonly last_complete_at: Date | null;
  readonly last_sweep_at: Date | null;
  readonly reload_wanted: boolean | null;
  readonly paused: boolean | null;
  readonly cron: string | null;
  readonly next_at: Date;
  readonly last_fired_at: Date | null;
  readonly rearmed: number;
  readonly records: number;
}

const kindsSql = `
  select kind, y.checkpoint, y.mapping_version, y.load, y.load_complete, y.load_started_at, y.load_served, y.load_pages,
    y.load_sweep, y.last_load_started_at, y.last_complete_at, y.last_sweep_at, y.reload_wanted, y.paused,
    c.cron, c.next_at, c.last_fired_at, c.rearmed, coalesce(r.records, 0)::int as records
  from (select * from sync_state where source = $1) y
  full join (select * from schedule where source = $1) c using (kind)
  left join (select source_kind as kind, count(*) as records from record where source = $1 group by source_kind) r using (kind)
  order by kind`;

const waitsSql = `
  select
    (select jsonb_build_object('waiting', count(*) filter (where state = 'open'), 'failed', count(*) filter (where state = 'failed'),
       'oldest', min(received_at)) from notice where source = $1 and state <> 'done') as notices,
    (select jsonb_build_object('waiting', count(*) filter (where state = 'pending'), 'failed', count(*) filter (where state = 'failed'),
       'oldest', min(requested_at)) from citizen_fetch where source = $1 and state in ('pending', 'failed')) as histories,
    (select coalesce(sum(requests), 0) from run where source = $1 and queued_at > now() - interval '1 day'
       and ended_at > now() - interval '1 hour')::int as last_hour,
    (select coalesce(sum(requests), 0) from run_day where source = $1
       and day = (now() at time zone 'Europe/Copenhagen')::date)::int as today`;

interface Waiting {
  readonly waiting: number;
  readonly failed: number;
  readonly oldest: string | null;
}

const waitingOf = ({ waiting, failed, oldest }: Waiting): SourceView['notices'] => ({
  waiting,
  failed,
  oldestAt: oldest === null ? null : new Date(oldest),
});

const kindOf = (row: KindRow): KindView => ({
  kind: row.kind,
  checkpoint: checkpointWords(row.checkpoint),
  mappingVersion: row.mapping_version,
  loads: row.load ?? 0,
  lastLoadStartedAt: row.last_load_started_at,
  lastCompleteAt: row.last_complete_at,
  lastSweepAt: row.last_sweep_at,
  load:
    row.load_complete === false
      ? { startedAt: row.load_started_at, served: row.load_served, pages: row.load_pages, sweeps: row.load_sweep }
      : null,
  reloadWanted: row.reload_wanted ?? false,
  paused: row.paused ?? false,
  schedule:
    row.cron === null
      ? null
      : { cron: row.cron, nextAt: row.next_at, lastFiredAt: row.last_fired_at, rearmed: row.rearmed },
  records: row.records,
});

/** A source nothing is known of has no kinds and nothing waiting. */
export const readSourceView = async (db: Db, source: string): Promise<SourceView> => {
  const [kinds, breakers, waits] = await Promise.all([
    db.query<KindRow>(kindsSql, [source]),
    db.query<NonNullable<SourceView['breaker']>>(
      `select state, failures, error_code as "errorCode", opened_at as "openedAt", probe_at as "probeAt" from breaker where source = $1`,
      [source],
    ),
    db.query<{ notices: Waiting; histories: Waiting; last_hour: number; today: number }>(waitsSql, [source]),
  ]);
  const nothing: Waiting = { waiting: 0, failed: 0, oldest: null };
  const { notices = nothing, histories = nothing, last_hour: lastHour = 0, today = 0 } = waits.rows[0] ?? {};
  return {
    source,
    kinds: kinds.rows.map(kindOf),
    breaker: breakers.rows[0] ?? null,
    notices: waitingOf(notices),
    histories: waitingOf(histories),
    requests: { lastHour, today },
  };
};
