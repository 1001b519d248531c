// Who looked at what, when. Of two looks at one record that overlap (from asking to storing), the second to be stored is
// left out and asked again, because nobody knows which saw the source later; of two that do not, the later one holds.
// Pulls are many and write nothing here; looks at named citizens or keys are few and leave marks.
import type { Db } from './db.ts';

/** One look under way. `id` only for a look at named citizens or keys. */
export interface Look {
  readonly source: string;
  readonly kind: string;
  /** Drawn before the source was asked. */
  readonly asked: number;
  readonly id?: number;
}

/** One key of an answer, as stored, and the citizens it is said to be about. */
export interface Said {
  readonly key: string;
  readonly citizens: readonly string[];
}

/** Key → everybody it is or was about: those cannot be stored from this answer. */
export type Overtaken = ReadonlyMap<string, readonly string[]>;

const keyName = (key: string): string => `k ${key}`;
const citizenName = (id: string): string => `c ${id}`;

export const drawPosition = async (db: Db): Promise<number> => {
  const { rows } = await db.query<{ at: number }>(`select nextval('look_position') as at`);
  return rows[0]?.at ?? 0;
};

/** A pull, a crawl, a replay: looks at whatever comes. */
export const openLook = async (db: Db, source: string, kind: string): Promise<Look> => ({
  source,
  kind,
  asked: await drawPosition(db),
});

/** A look at these citizens or keys alone; committed before the source is asked, ended by `endLook`. */
export const nameLook = async (
  db: Db,
  source: string,
  kind: string,
  about: { readonly citizens: readonly string[] } | { readonly keys: readonly string[] },
): Promise<Look & { readonly id: number }> => {
  const names = 'citizens' in about ? about.citizens.map(citizenName) : about.keys.map(keyName);
  const asked = await drawPosition(db);
  await db.query('insert into look (id, source, kind, names) values ($1, $2, $3, $4)', [asked, source, kind, names]);
  return { source, kind, asked, id: asked };
};

export const endLook = async (db: Db, id: number): Promise<void> => {
  await db.query('delete from look where id = $1', [id]);
};

interface Around {
  readonly own: boolean | null;
  readonly marked: boolean;
  readonly open: boolean;
}

/** Mostly nothing else looks at this kind, and one small query says so. */
const lookAround = async (tx: Db, { source, kind, asked, id }: Look): Promise<Around> => {
  const { rows } = await tx.query<Around>({
    name: 'look-around',
    text: `select (select overtaken from look where id = $4) as own,
      exists (select from look_mark where source = $1 and kind = $2 and stored > $3 and look <> $4) as marked,
      exists (select from look where source = $1 and kind = $2 and id <> $4) as open`,
    values: [source, kind, asked, id ?? 0],
  });
  return rows[0] ?? { own: null, marked: true, open: true };
};

/** Has somebody stored something about what this look was asked for? Then it must ask again. A lost row says so, too. */
export const isOvertaken = async (tx: Db, look: Look): Promise<boolean> =>
  look.id !== undefined && (await lookAround(tx, look)).own !== false;

/** Stored key → everybody its records are about now. */
export const storedCitizens = async (
  tx: Db,
  { source, kind }: Pick<Look, 'source' | 'kind'>,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const { rows } = await tx.query<{ key: string; citizens: string[] }>(
    `select r.key, array_agg(distinct o.citizen_id) as citizens from record r
     cross join lateral (select citizen_id from record_version where record_id = r.id and valid_to = 'infinity'
                         union select citizen_id from citizen_record where record_id = r.id
                         union select i.citizen_id from source_consent s join identity i on i.id = s.identity_id where s.record_id = r.id) o
     where r.source = $1 and r.source_kind = $2 and r.key = any($3::text[]) group by r.key`,
    [source, kind, keys],
  );
  return new Map(rows.map((row) => [row.key, row.citizens]));
};

const markedSince = async (tx: Db, look: Look, names: readonly string[]): Promise<ReadonlySet<string>> => {
  const { rows } = await tx.query<{ name: string }>(
    'select name from look_mark where source = $1 and kind = $2 and stored > $3 and look <> $4 and name = any($5::text[])',
    [look.source, look.kind, look.asked, look.id ?? 0, names],
  );
  return new Set(rows.map((row) => row.name));
};

/** Whoever asked about one of these names before now, and has not stored yet, must ask again. */
const overtake = async (tx: Db, look: Look, names: readonly string[]): Promise<void> => {
  await tx.query(
    'update look set overtaken = true where source = $1 and kind = $2 and id <> $3 and names && $4::text[] and not overtaken',
    [look.source, look.kind, look.id ?? 0, names],
  );
};

/**
 * Compares an answer with the looks beside it, under the page lock and before anything of it is stored. What comes back
 * must be left as it is and asked for again; the rest may be stored, and whoever is behind has been told.
 */
export const compareLooks = async (tx: Db, look: Look, said: readonly Said[]): Promise<Overtaken> => {
  const around = await lookAround(tx, look);
  const nothing: Overtaken = new Map();
  if (said.length === 0 || (!around.marked && !around.open)) return nothing;
  const stored = await storedCitizens(
    tx,
    look,
    said.map(({ key }) => key),
  );
  const everybody = said.map(({ key, citizens }) => ({
    key,
    citizens: [...new Set([...citizens, ...(stored.get(key) ?? [])])],
  }));
  const namesOf = ({ key, citizens }: Said): readonly string[] => [keyName(key), ...citizens.map(citizenName)];
  const marked = around.marked ? await markedSince(tx, look, everybody.flatMap(namesOf)) : new Set<string>();
  const isMarked = (one: Said): boolean => namesOf(one).some((name) => marked.has(name));
  if (around.open) await overtake(tx, look, everybody.filter((one) => !isMarked(one)).flatMap(namesOf));
  return new Map(everybody.filter(isMarked).map(({ key, citizens }) => [key, citizens]));
};

/** Leaves marks of what a named look has stored: keys it gave or found gone, citizens it asked for to the end. */
export const markLook = async (
  tx: Db,
  look: Look & { readonly id: number },
  keys: readonly string[],
  citizens: readonly string[] = [],
): Promise<void> => {
  await tx.query(
    `insert into look_mark as m (source, kind, name, stored, look)
     select $1, $2, name, p, $4 from (select nextval('look_position') as p) as now_at, (select distinct unnest($3::text[]) as name) as n order by name
     on conflict (source, kind, name) do update set stored = excluded.stored, look = excluded.look, at = now()`,
    [look.source, look.kind, [...keys.map(keyName), ...citizens.map(citizenName)], look.id],
  );
};

/** Before a citizen's answer is swept: has a fresher one been? If not, whoever asked about them before must ask again. */
export const compareSweep = async (tx: Db, look: Look, citizenId: string): Promise<'fresh' | 'overtaken'> => {
  const around = await lookAround(tx, look);
  if (look.id !== undefined && around.own !== false) return 'overtaken';
  if (around.marked && (await markedSince(tx, look, [citizenName(citizenId)])).size > 0) return 'overtaken';
  if (around.open) await overtake(tx, look, [citizenName(citizenId)]);
  return 'fresh';
};

/** Everybody who has asked about this kind and not stored yet must ask again: much of it has just been swept. */
export const overtakeAll = async (tx: Db, source: string, kind: string): Promise<void> => {
  await tx.query('update look set overtaken = true where source = $1 and kind = $2 and not overtaken', [source, kind]);
};

/** Nobody who asked so long ago still stores anything. */
export const forgetLooks = async (db: Db, olderThanMs: number): Promise<void> => {
  await db.query(`delete from look where begun_at < now() - $1 * interval '1 millisecond'`, [olderThanMs]);
  await db.query(`delete from look_mark where at < now() - $1 * interval '1 millisecond'`, [olderThanMs]);
};
