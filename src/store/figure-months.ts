// Counting a month's figures: once, when the month is first seen, and never again, so that nobody can compare one day with the
// next. Texts are opened here because many are sealed; only counts leave. What happened in a month is counted when it is
// over; before the first count, a year back.
import { bodyContext } from './bodies.ts';
import type { KeyRing } from './crypto.ts';
import { type Db, type Pool, transaction } from './db.ts';
import { type Counted, type CountedText, countCitizen, monthOf } from './figure-count.ts';
import { leastShown } from './suppression.ts';

/** With fewer enrolled there are no figures at all. */
export const leastEnrolled = 20;
const together = 50;
const monthsBack = 12;

interface TextRow {
  readonly citizen: string;
  readonly id: string;
  readonly kind: string;
  readonly domain: string;
  readonly body: string | null;
  readonly cipher: Buffer | null;
  readonly convened: boolean;
}

const textsSql = `select v.citizen_id as citizen, v.record_id as id, v.kind, v.domain, b.body, b.cipher,
    exists (select from meeting m where m.record_id = v.record_id) as convened
  from record_version v join record_body b on b.record_id = v.record_id
  where v.citizen_id = any ($1::uuid[]) and v.valid_to = 'infinity'
    and v.kind in ('plan', 'goal', 'intervention', 'contact', 'appointment')`;

/** Nothing is counted while a first load is under way, or many citizens' history is still to come. */
const readySql = `select count(*)::int as enrolled,
    exists (select from sync_state where last_complete_at is not null)
      and not exists (select from sync_state where last_complete_at is null and not load_complete)
      and (select count(*) from citizen_fetch where state = 'pending') * 10 <= count(*) as loaded
  from enrolment where ended_at is null`;

const addMonths = (month: string, more: number): string => {
  const at = new Date(`${month}-01T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() + more);
  return at.toISOString().slice(0, 7);
};

/** Whole months that are over and not counted yet, at most a year of them. */
const monthsToTell = (month: string, lastTaken: string | undefined): readonly string[] =>
  Array.from({ length: monthsBack }, (_, index) => addMonths(month, index - monthsBack)).filter(
    (one) => lastTaken === undefined || one >= lastTaken,
  );

type Sums = Map<string, { month: string; name: string; cell: string; persons: number; amount: number }>;

const add = (sums: Sums, month: string, { name, cell, amount }: Omit<Counted, 'month'>): void => {
  const key = JSON.stringify([month, name, cell]);
  const sum = sums.get(key) ?? { month, name, cell, persons: 0, amount: 0 };
  sums.set(key, { ...sum, persons: sum.persons + 1, amount: sum.amount + amount });
};

const textOf = (keys: KeyRing, row: TextRow): CountedText => {
  const text = row.cipher === null ? (row.body ?? '{}') : keys.decrypt(row.cipher, bodyContext(row.id));
  return { ...(JSON.parse(text) as object), kind: row.kind, domain: row.domain, convened: row.convened };
};

const countAll = async (
  tx: Db,
  keys: KeyRing,
  at: Date,
  month: string,
  months: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<{ readonly sums: Sums; readonly citizens: number } | undefined> => {
  const sums: Sums = new Map();
  let citizens = 0;
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    if (signal?.aborted === true) return undefined;
    const { rows: enrolled } = await tx.query<{ id: string }>(
      'select citizen_id as id from enrolment where ended_at is null and citizen_id > $1 order by citizen_id limit $2',
      [after, together],
    );
    if (enrolled.length === 0) break;
    const ids = enrolled.map(({ id }) => id);
    after = ids.at(-1) ?? after;
    citizens += ids.length;
    const texts = Map.groupBy((await tx.query<TextRow>(textsSql, [ids])).rows, ({ citizen }) => citizen);
    for (const id of ids)
      for (const counted of countCitizen(
        (texts.get(id) ?? []).map((row) => textOf(keys, row)),
        at,
        months,
      ))
        add(sums, counted.month ?? month, counted);
  }
  const { rows: begun } = await tx.query<{ at: Date }>('select starts_at as at from enrolment where starts_at < $1', [
    at,
  ]);
  for (const one of begun) {
    const began = monthOf(one.at);
    if (began !== undefined && months.has(began)) add(sums, began, { name: 'enrolments', cell: 'begun', amount: 1 });
  }
  return { sums, citizens };
};

/**
 * Counts the month of `now`, unless it has been, or too little is known yet. Told to stop it has counted nothing.
 * @returns the month counted, `2026-11`, if one was
 */
export const takeFigures = async (
  pool: Pool,
  keys: KeyRing,
  now: Date,
  signal?: AbortSignal,
): Promise<string | undefined> => {
  const month = monthOf(now) ?? '';
  const known = await pool.query('select 1 from figure_month where month = $1 and citizens is not null', [
    `${month}-01`,
  ]);
  if (known.rows.length > 0) return undefined;
  return transaction(pool, async (tx) => {
    // One process counts at a time; whoever comes meanwhile leaves it to that one.
    const { rows: locks } = await tx.query<{ free: boolean }>('select pg_try_advisory_xact_lock(7265757) as free');
    if (locks[0]?.free !== true) return undefined;
    const { rows: ready } = await tx.query<{ enrolled: number; loaded: boolean }>(readySql);
    if (ready[0]?.loaded !== true || ready[0].enrolled < leastEnrolled) return undefined;
    const { rows: last } = await tx.query<{ month: string | null; taken: boolean }>(
      `select to_char(max(month), 'YYYY-MM') as month, coalesce(bool_or(month = $1), false) as taken
       from figure_month where citizens is not null`,
      [`${month}-01`],
    );
    if (last[0]?.taken === true) return undefined;
    const months = monthsToTell(month, last[0]?.month ?? undefined);
    const counted = await countAll(tx, keys, now, month, new Set(months), signal);
    if (counted === undefined) return undefined;
    const { sums, citizens } = counted;
    await tx.query(
      `insert into figure_month (month) select (m || '-01')::date from unnest($1::text[]) m on conflict do nothing`,
      [months],
    );
    await tx.query(
      `insert into figure_month (month, citizens) values ($1, $2) on conflict (month) do update set citizens = excluded.citizens, taken_at = now()`,
      [`${month}-01`, citizens],
    );
    // Lines that sources wrote: what only few have may be somebody's, and was perhaps sealed where it stood.
    const rows = [...sums.values()].filter(
      ({ name, persons }) => name !== 'interventions-by-paragraph' || persons >= leastShown,
    );
    await tx.query(
      `insert into figure (month, name, cell, persons, amount)
       select (m || '-01')::date, n, c, p, a from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[]) as t(m, n, c, p, a)
       on conflict do nothing`,
      [
        rows.map((row) => row.month),
        rows.map((row) => row.name),
        rows.map((row) => row.cell),
        rows.map((row) => row.persons),
        rows.map((row) => row.amount),
      ],
    );
    return month;
  });
};
