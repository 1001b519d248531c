// The engine's door: asks the SQL of 0010_decision.sql, which alone decides, and only shapes its answer.
// Reads, explain and history are the same statement; `at` is the only difference.
import type { Db } from '../store/db.ts';
import { type Actor, actorParameters, actorPlaceholders } from './actor.ts';

/** `busy`: only merged time under a busy grant. `stub`: that it exists, in sources configured so. */
export type Shown = 'content' | 'busy' | 'stub';
/** The rules of consent.md, by number. */
export type Rule = 1 | 2 | 3 | 4 | 5 | 6 | 7;

export interface Question {
  readonly citizens: readonly string[];
  /** Only these records; absent = all. */
  readonly records?: readonly string[];
  /** A past instant for history; absent = now. */
  readonly at?: Date;
}

export interface Visible {
  readonly citizenId: string;
  readonly recordId: string;
  readonly kind: string;
  readonly domain: string;
  readonly source: string;
  readonly show: Shown;
  readonly rule: Rule;
  /** `consent:<id>:<version>`, `statute:<id>`, `emergency:<id>`, `representation:<id>:<version>`; null for rules that need none. */
  readonly basis: string | null;
  /** Show the text without protected fields. */
  readonly stripped: boolean;
  /** The citizen's own master data must be shown without protected fields. */
  readonly masterStripped: boolean;
}

export interface Decision extends Omit<Visible, 'show'> {
  readonly show: Shown | 'hidden';
  /** Another person in the same record decided it; explain says no more than that about them. */
  readonly byOtherSubject: boolean;
}

const columns = `citizen_id as "citizenId", record_id as "recordId", kind, domain, source, show, rule, basis, stripped,
  master_stripped as "masterStripped"`;

const visibleSql = `select ${columns} from visible_records(${actorPlaceholders}, $12::uuid[], $13::uuid[], $14::timestamptz)`;
const decideSql = `select ${columns}, by_other_subject as "byOtherSubject"
  from decide(${actorPlaceholders}, $12::uuid[], $13::uuid[], $14::timestamptz)`;

/** What the actor may see now (or at `at`), one row per citizen asked about and record. */
export const visibleRecords = async (db: Db, actor: Actor, question: Question): Promise<readonly Visible[]> => {
  const { rows } = await db.query<{ [K in keyof Visible]: Visible[K] }>({
    name: 'consent-visible-records',
    text: visibleSql,
    values: [...actorParameters(actor), question.citizens, question.records ?? null, question.at ?? null],
  });
  return rows;
};

/** Does this citizen exist for the actor? Also says whether master data must be stripped. */
export const citizenAccess = async (
  db: Db,
  actor: Actor,
  citizen: string,
  at?: Date,
): Promise<{ readonly visible: boolean; readonly stripped: boolean }> => {
  const { rows } = await db.query<{ visible: boolean; stripped: boolean }>({
    name: 'consent-citizen-access',
    text: `select visible, stripped from citizen_access(${actorPlaceholders}, $12::uuid, $13::timestamptz)`,
    values: [...actorParameters(actor), citizen, at ?? null],
  });
  return rows[0] ?? { visible: false, stripped: true };
};

/** Of which of these citizens must master data be stripped? Of whoever is not visible, too. */
export const strippedCitizens = async (
  db: Db,
  actor: Actor,
  citizens: readonly string[],
): Promise<ReadonlySet<string>> => {
  const { rows } = await db.query<{ id: string }>({
    name: 'consent-stripped-citizens',
    text: `select c.id from unnest($12::uuid[]) as c(id) cross join lateral
      citizen_access(${actorPlaceholders}, c.id, null) a where a.stripped or not a.visible`,
    values: [...actorParameters(actor), citizens],
  });
  return new Set(rows.map(({ id }) => id));
};

export const citizenVisible = async (db: Db, actor: Actor, citizen: string, at?: Date): Promise<boolean> =>
  (await citizenAccess(db, actor, citizen, at)).visible;

/** Ids the actor may see, ascending, above `after`. Fewer than `limit` means the end. */
export const visibleCitizens = async (
  db: Db,
  actor: Actor,
  page: { readonly after?: string; readonly limit: number },
): Promise<readonly string[]> => {
  const { rows } = await db.query<{ id: string }>({
    name: 'consent-visible-citizens',
    text: `select id from visible_citizens(${actorPlaceholders}, $12::uuid, $13::int) as id`,
    values: [...actorParameters(actor), page.after ?? null, page.limit],
  });
  return rows.map((row) => row.id);
};

/** What was decided of records, hidden ones included. Not for the reader it is about. */
export const decisionsOn = async (db: Db, actor: Actor, question: Question): Promise<readonly Decision[]> => {
  const { rows } = await db.query<{ [K in keyof Decision]: Decision[K] }>({
    name: 'consent-explain',
    text: decideSql,
    values: [...actorParameters(actor), question.citizens, question.records ?? null, question.at ?? null],
  });
  return rows;
};

/** Every record of the citizen with the rule that decided it, hidden ones included. Not for the reader it is about. */
export const explain = (
  db: Db,
  actor: Actor,
  citizen: string,
  record?: string,
  at?: Date,
): Promise<readonly Decision[]> =>
  decisionsOn(db, actor, {
    citizens: [citizen],
    ...(record === undefined ? {} : { records: [record] }),
    ...(at === undefined ? {} : { at }),
  });

const aloneSql = `with tied as (
    select record_id, coalesce(about_id, record_id) as on_id from record_version
    where citizen_id = $12::uuid and record_id = any ($13::uuid[]) and valid_from <= now() and valid_to > now()),
  reader as (select * from reader_keys($1::text, $2::text, $3::text, $4::text, $5::text, $8::text, statement_timestamp()))
  select t.record_id as id, j.rule, case j.strength when 3 then 'content' when 2 then 'busy' when 1 then 'stub' else 'hidden' end as show
  from tied t, reader r, judge($1::text, $2::text, $3::text, $4::text, $5::text, $6::text,
    case when $1::text in ('citizen', 'representative') then $9::uuid end, $10::bytea, $11::text, r.for_grants,
    r.for_refusals, $12::uuid, (select array_agg(on_id) from tied), statement_timestamp()) j
  where j.record_id = t.on_id and $7::text is not null`;

/** As if nobody else were in these records: what one person in a record is told must not depend on another's word. */
export const decisionsAlone = async (
  db: Db,
  actor: Actor,
  citizen: string,
  records: readonly string[],
): Promise<ReadonlyMap<string, Pick<Decision, 'show' | 'rule'>>> => {
  if (records.length === 0) return new Map();
  const { rows } = await db.query<{ id: string; rule: Rule; show: Decision['show'] }>({
    name: 'consent-alone',
    text: aloneSql,
    values: [...actorParameters(actor), citizen, records],
  });
  return new Map(rows.map(({ id, rule, show }) => [id, { rule, show }]));
};
