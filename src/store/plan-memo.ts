// What one reader asked for twice about one citizen, kept in memory for as long as it still stands. Whatever can change
// what anybody may see of a citizen appends a change for that citizen in its own transaction, so one look at the last
// change of the citizen (and of the others in shared records) says whether the answer is the same. Starts and ends that are
// due bound it in time, and so does a minute. A withdrawal therefore takes effect with the next read, memo or not.
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';
import { readFreshness } from './freshness.ts';
import { type PlanQuestion, readPlan, type SourceRow, type StoredPlan } from './plans.ts';

interface Kept {
  readonly plan: Omit<StoredPlan, 'sources'>;
  /** Position of the last change of these citizens when the plan was read, or before. */
  readonly stamp: number;
  /** The citizen and the other enrolled subjects of their records. */
  readonly citizens: readonly string[];
  /** The next instant at which something starts or ends. */
  readonly until: Date;
  readonly size: number;
  readonly keptAt: number;
}

interface Turn extends Pick<Kept, 'citizens' | 'until'> {
  readonly stamp: number | null;
}

export interface PlanReader {
  read(question: PlanQuestion): Promise<StoredPlan>;
}

export interface PlanReaderOptions {
  /** Characters of text kept at most; 0 keeps nothing. Default 32 million. */
  readonly capacity?: number | undefined;
}

/** Nothing stands for longer; texts of people do not lie about in memory either. */
const longestMs = 60_000;

/** Questions asked once whose second asking is waited for, at most. */
const mostAsked = 10_000;

/** How long what is known about the sources is taken to be the same for everybody. */
const freshnessMs = 1000;

const lastChange = `(select max(last.position) from unnest($1::uuid[]) as asked(id) cross join lateral (
  select c.position from change c where c.citizen_id = asked.id order by c.position desc limit 1) last)`;

const pendingSources = `array(select source from citizen_fetch where citizen_id = $2 and ended_at is null)`;

const standsSql = `select ${lastChange} as stamp, ${pendingSources} as pending, statement_timestamp() < $3 as within`;

/** $1 the citizen: who else is in their records, the last change of any of them, and the next start or end. */
const turnSql = `
with people as materialized (
  select $1::uuid as id
  union
  select o.citizen_id from record_version a join record_version o on o.record_id = a.record_id and o.valid_to = 'infinity'
  where a.citizen_id = $1::uuid and a.valid_to = 'infinity'),
turns(at) as (
  select unnest(array[c.valid_from, c.valid_to]) from consent c join people p on p.id = c.citizen_id where c.superseded_at = 'infinity' and not c.withdrawn
  union all select unnest(array[r.valid_from, r.valid_to]) from representation r join people p on p.id = r.citizen_id where r.superseded_at = 'infinity'
  union all select unnest(array[e.valid_from, e.valid_to]) from emergency_access e join people p on p.id = e.citizen_id
  union all select unnest(array[x.valid_from, x.valid_to]) from protection x join people p on p.id = x.citizen_id where x.superseded_at = 'infinity'
  union all select unnest(array[valid_from, valid_to]) from statute_version
  union all select unnest(array[valid_from, valid_to]) from unit_version
  union all select unnest(array[valid_from, valid_to]) from source_version)
select array(select id from people) as citizens,
  (select max(last.position) from people cross join lateral (
    select c.position from change c where c.citizen_id = people.id order by c.position desc limit 1) last) as stamp,
  least((select min(at) from turns where at > statement_timestamp()), statement_timestamp() + interval '1 minute') as until`;

const nameOf = ({ actor, citizen, kinds }: PlanQuestion): string =>
  JSON.stringify([
    actor.map((value) => (Buffer.isBuffer(value) ? value.toString('base64') : value)),
    citizen,
    kinds ?? null,
  ]);

const sizeOf = (plan: Kept['plan']): number =>
  plan.links.length + plan.lists.reduce((sum, list) => sum + list.texts.length + list.ids.length * 40, 2000);

export const createPlanReader = (db: Db, keys: KeyRing, options: PlanReaderOptions = {}): PlanReader => {
  const capacity = options.capacity ?? 32_000_000;
  // A Map keeps the order of insertion: the first is the one not asked for longest.
  const kept = new Map<string, Kept>();
  const askedOnce = new Set<string>();
  let size = 0;
  let freshness: { readonly at: number; readonly rows: Promise<readonly SourceRow[]> } | undefined;

  const sources = (): Promise<readonly SourceRow[]> => {
    const now = performance.now();
    if (freshness === undefined || now - freshness.at > freshnessMs) {
      const rows = readFreshness(db);
      freshness = { at: now, rows };
      rows.catch(() => {
        freshness = undefined;
      });
    }
    return freshness.rows;
  };

  const drop = (name: string, entry: Kept): void => {
    kept.delete(name);
    size -= entry.size;
  };

  let clears = false;
  const clearOld = (): void => {
    clears = false;
    const before = performance.now() - longestMs;
    for (const [name, entry] of kept) if (entry.keptAt < before) drop(name, entry);
    clearLater();
  };
  const clearLater = (): void => {
    if (clears || kept.size === 0) return;
    clears = true;
    setTimeout(clearOld, longestMs).unref();
  };

  const keep = (name: string, entry: Kept): void => {
    const old = kept.get(name);
    if (old !== undefined) drop(name, old);
    if (entry.size > capacity / 10) return;
    kept.set(name, entry);
    size += entry.size;
    clearLater();
    for (const [oldest, other] of kept) {
      if (size <= capacity) break;
      drop(oldest, other);
    }
  };

  const stillStands = async (name: string, entry: Kept, citizen: string): Promise<StoredPlan | undefined> => {
    const { rows } = await db.query<{ stamp: number | null; pending: string[]; within: boolean }>({
      name: 'plan-stands',
      text: standsSql,
      values: [entry.citizens, citizen, entry.until],
    });
    const [now] = rows;
    if (now === undefined || now.stamp !== entry.stamp || !now.within) {
      if (kept.get(name) === entry) drop(name, entry);
      return undefined;
    }
    kept.delete(name);
    kept.set(name, entry);
    return { ...entry.plan, sources: await sources(), pending: new Set(now.pending) };
  };

  /** Is it worth keeping? Most plans are read once, and knowing how long one stands costs as much as reading it. */
  const isAskedAgain = (name: string): boolean => {
    if (askedOnce.delete(name)) return true;
    askedOnce.add(name);
    for (const oldest of askedOnce) {
      if (askedOnce.size <= mostAsked) break;
      askedOnce.delete(oldest);
    }
    return false;
  };

  const turnOf = async (citizen: string): Promise<Turn | undefined> => {
    const { rows } = await db.query<{ [K in keyof Turn]: Turn[K] }>({
      name: 'plan-turn',
      text: turnSql,
      values: [citizen],
    });
    return rows[0];
  };

  const readAnew = async (name: string, question: PlanQuestion): Promise<StoredPlan> => {
    // Looked at before the plan is read: a change in between makes the next look differ, never the other way round.
    const turn = capacity > 0 && isAskedAgain(name) ? await turnOf(question.citizen) : undefined;
    const [plan, known] = await Promise.all([readPlan(db, keys, question), sources()]);
    if (turn !== undefined && turn.stamp !== null && plan.seesSome)
      keep(name, { plan, ...turn, stamp: turn.stamp, size: sizeOf(plan), keptAt: performance.now() });
    return { ...plan, sources: known };
  };

  return {
    async read(question) {
      const name = nameOf(question);
      const entry = kept.get(name);
      return (entry && (await stillStands(name, entry, question.citizen))) ?? readAnew(name, question);
    },
  };
};
