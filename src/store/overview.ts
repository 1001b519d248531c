// Everything the overview shows, for all sources at once: a few statements, each through an index, none whose cost grows
// with the runs that are kept. Counts, states and times only; nothing about anybody.
import type { Fault } from '../errors.ts';
import { type BreakerRow, listBreakers } from './breaker.ts';
import type { Db } from './db.ts';
import { type HubFigures, readHubFigures } from './hub-figures.ts';
import { type KindStanding, type SourceStanding, sourceStanding, standingOf } from './source-standing.ts';

/** A configured source, as the overview must know it. */
export interface OverviewSource {
  readonly name: string;
  /** How old a complete pull may be before the source counts as late, in milliseconds. */
  readonly freshForMs: number;
  /** `mapped`: it is pulled at all. */
  readonly kinds: readonly { readonly name: string; readonly mapped: boolean }[];
}

/** The last pull of a kind that ended; pulls of single citizens and of nothing are left out. */
export interface LastRun {
  readonly id: string;
  readonly state: 'done' | 'failed' | 'cancelled';
  readonly endedAt: Date;
  readonly errorCode: string | null;
  readonly errorFault: Fault | null;
}

export interface KindOverview {
  readonly kind: string;
  readonly standing: KindStanding;
  readonly lastRun: LastRun | null;
  /** Under way now: its run, since when, records served by it so far, and what the try before this one failed with. */
  readonly running: {
    readonly id: string;
    readonly startedAt: Date | null;
    readonly served: number;
    readonly errorCode: string | null;
    readonly errorFault: Fault | null;
  } | null;
  /** A complete load under way: since when, and records served by it so far. */
  readonly load: { readonly startedAt: Date; readonly served: number } | null;
  readonly paused: boolean;
  /** Of the last pull that reached its end; null: none ever did. */
  readonly lastCompleteAt: Date | null;
  readonly nextAt: Date | null;
  /** How long its slot has passed without firing, in milliseconds; 0 when it is not due. */
  readonly lagMs: number;
  readonly quarantined: number;
  readonly held: number;
  readonly drift: number;
}

/** One day of a source's trend, the oldest first; days without a run are there with zeroes. */
export interface TrendDay {
  /** `2026-11-22`, as Copenhagen counts days. */
  readonly day: string;
  /** Records stored, also unchanged ones. */
  readonly stored: number;
  /** Tries that failed. */
  readonly failed: number;
}

export interface SourceOverview {
  readonly source: string;
  readonly standing: SourceStanding;
  /** Of the oldest complete pull among its kinds, in milliseconds; null: some kind never had one. */
  readonly ageMs: number | null;
  readonly freshForMs: number;
  readonly kinds: readonly KindOverview[];
  readonly breaker: Pick<BreakerRow, 'state' | 'failures' | 'error_code' | 'probe_at'> | null;
  /** The soonest of its kinds that are not paused. */
  readonly nextAt: Date | null;
  /** The longest of its kinds, in milliseconds. */
  readonly lagMs: number;
  /** Notices that wait for their answer, and citizens whose history does. */
  readonly notices: number;
  readonly histories: number;
  /** Deletions held for approval; records in quarantine; findings of drift nobody has accepted. */
  readonly held: number;
  readonly quarantined: number;
  readonly drift: number;
  readonly unmapped: readonly string[];
  /** 14 days. */
  readonly trend: readonly TrendDay[];
}

export interface Overview {
  readonly at: Date;
  readonly hub: HubFigures;
  /** In the order they were given. */
  readonly sources: readonly SourceOverview[];
}

const trendDays = 14;

interface KindRow {
  readonly source: string;
  readonly kind: string;
  readonly paused: boolean | null;
  readonly load_complete: boolean | null;
  readonly load_started_at: Date | null;
  readonly load_served: number | null;
  readonly last_complete_at: Date | null;
  readonly next_at: Date | null;
  readonly id: string | null;
  readonly state: LastRun['state'];
  readonly ended_at: Date;
  readonly error_code: string | null;
  readonly error_fault: Fault | null;
  readonly running_id: string | null;
  readonly running_since: Date | null;
  readonly running_error: string | null;
  readonly running_fault: Fault | null;
  readonly running_served: number;
}

/** $1, $2: sources and kinds, side by side. Exported for the proof that it reads through indexes. */
export const kindsSql = `
  with going as materialized (
    select distinct on (source, kind) source, kind, id, started_at, error_code, error_fault, coalesce((counts->>'served')::bigint, 0) as served
    from run where state = 'running' and mode in ('incremental', 'load') order by source, kind, queued_at desc)
  select k.source, k.kind, y.paused, y.load_complete, y.load_started_at, y.load_served, y.last_complete_at, c.next_at,
    r.id, r.state, r.ended_at, r.error_code, r.error_fault,
    g.id as running_id, g.started_at as running_since, g.error_code as running_error, g.error_fault as running_fault, g.served as running_served
  from unnest($1::text[], $2::text[]) as k(source, kind)
  left join sync_state y on y.source = k.source and y.kind = k.kind
  left join schedule c on c.source = k.source and c.kind = k.kind
  left join going g on g.source = k.source and g.kind = k.kind
  left join lateral (
    select id, state, ended_at, error_code, error_fault from run
    where source = k.source and kind = k.kind and mode in ('incremental', 'load') and state in ('done', 'failed', 'cancelled')
    order by ended_at desc limit 1) r on true`;

const waitingSql = `
  select 'quarantined' as what, source, kind, count(*) as n from quarantine where state = 'open' group by source, kind
  union all select 'held', source, kind, count(*) from held_deletion where state = 'held' group by source, kind
  union all select 'drift', source, kind, count(*) from drift where accepted_at is null group by source, kind
  union all select 'notices', source, '*', count(*) from notice where state = 'open' group by source
  union all select 'histories', source, '*', count(*) from citizen_fetch where state = 'pending' group by source`;

/** $1: the first day. */
export const trendSql = `select source, day, sum(stored)::bigint as stored, sum(failed)::bigint as failed
  from run_day where day >= $1 group by source, day`;

type What = 'quarantined' | 'held' | 'drift' | 'notices' | 'histories';

/** The days up to and with that of `at`, as Copenhagen counts them. */
export const daysUntil = (at: Date, days: number): readonly string[] => {
  const today = at.toLocaleDateString('sv-SE', { timeZone: 'Europe/Copenhagen' });
  return Array.from({ length: days }, (_, index) =>
    new Date(Date.parse(today) - (days - 1 - index) * 86_400_000).toISOString().slice(0, 10),
  );
};

const lastRunOf = (row: KindRow): LastRun | null =>
  row.id === null
    ? null
    : {
        id: row.id,
        state: row.state,
        endedAt: row.ended_at,
        errorCode: row.error_code,
        errorFault: row.error_fault,
      };

const runningOf = (row: KindRow): KindOverview['running'] =>
  row.running_id === null
    ? null
    : {
        id: row.running_id,
        startedAt: row.running_since,
        served: row.running_served,
        errorCode: row.running_error,
        errorFault: row.running_fault,
      };

const kindOf = (
  row: KindRow,
  mapped: boolean,
  freshForMs: number,
  now: Date,
  waiting: (what: What) => number,
): KindOverview => {
  const load =
    row.load_complete === false && row.load_started_at !== null
      ? { startedAt: row.load_started_at, served: row.load_served ?? 0 }
      : null;
  const seen = {
    lastRun: lastRunOf(row),
    running: runningOf(row),
    load,
    paused: row.paused ?? false,
    lastCompleteAt: row.last_complete_at,
  };
  return {
    kind: row.kind,
    standing: standingOf({ ...seen, mapped, freshForMs, now }),
    ...seen,
    nextAt: row.next_at,
    lagMs: row.next_at === null || seen.paused ? 0 : Math.max(0, now.getTime() - row.next_at.getTime()),
    quarantined: waiting('quarantined'),
    held: waiting('held'),
    drift: waiting('drift'),
  };
};

const ageOf = (kinds: readonly KindOverview[], now: Date): number | null => {
  const ages = kinds
    .filter(({ standing }) => standing !== 'unmapped')
    .map(({ lastCompleteAt }) => (lastCompleteAt === null ? null : now.getTime() - lastCompleteAt.getTime()));
  return ages.length === 0 || ages.includes(null) ? null : Math.max(0, ...ages.map((age) => age ?? 0));
};

/** The overview of these sources as it stands at `now`; what the tables hold of others is left out. */
export const readOverview = async (db: Db, sources: readonly OverviewSource[], now: Date): Promise<Overview> => {
  const pairs = sources.flatMap(({ name, kinds }) => kinds.map((kind) => ({ source: name, kind: kind.name })));
  const days = daysUntil(now, trendDays);
  const [kinds, waits, trend, breakers, hub] = await Promise.all([
    db.query<KindRow>({
      name: 'overview-kinds',
      text: kindsSql,
      values: [pairs.map(({ source }) => source), pairs.map(({ kind }) => kind)],
    }),
    db.query<{ what: What; source: string; kind: string; n: number }>({ name: 'overview-waits', text: waitingSql }),
    db.query<TrendDay & { source: string }>({ name: 'overview-trend', text: trendSql, values: [days[0]] }),
    listBreakers(db),
    readHubFigures(db),
  ]);
  const rows = new Map(kinds.rows.map((row) => [`${row.source}\n${row.kind}`, row]));
  const waiting = new Map(waits.rows.map(({ what, source, kind, n }) => [`${what}\n${source}\n${kind}`, n]));
  const told = new Map(trend.rows.map((row) => [`${row.source}\n${row.day}`, row]));
  const one = (source: OverviewSource): SourceOverview => {
    const shown = source.kinds.flatMap(({ name, mapped }): readonly KindOverview[] => {
      const row = rows.get(`${source.name}\n${name}`);
      const counted = (what: What): number => waiting.get(`${what}\n${source.name}\n${name}`) ?? 0;
      return row === undefined ? [] : [kindOf(row, mapped, source.freshForMs, now, counted)];
    });
    const breaker = breakers.find((candidate) => candidate.source === source.name) ?? null;
    const next = shown.flatMap((kind) => (kind.nextAt === null || kind.paused ? [] : [kind.nextAt.getTime()]));
    const sum = (what: 'held' | 'quarantined' | 'drift'): number => shown.reduce((all, kind) => all + kind[what], 0);
    return {
      source: source.name,
      standing: sourceStanding(
        shown.map(({ standing }) => standing),
        breaker,
      ),
      ageMs: ageOf(shown, now),
      freshForMs: source.freshForMs,
      kinds: shown,
      breaker,
      nextAt: next.length === 0 ? null : new Date(Math.min(...next)),
      lagMs: Math.max(0, ...shown.map(({ lagMs }) => lagMs)),
      notices: waiting.get(`notices\n${source.name}\n*`) ?? 0,
      histories: waiting.get(`histories\n${source.name}\n*`) ?? 0,
      held: sum('held'),
      quarantined: sum('quarantined'),
      drift: sum('drift'),
      unmapped: source.kinds.filter(({ mapped }) => !mapped).map(({ name }) => name),
      trend: days.map((day) => {
        const { stored = 0, failed = 0 } = told.get(`${source.name}\n${day}`) ?? {};
        return { day, stored, failed };
      }),
    };
  };
  return { at: now, hub, sources: sources.map(one) };
};
