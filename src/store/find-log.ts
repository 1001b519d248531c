// Searching the whole access log, newest first, for the data-protection officer. What is asked becomes conditions of our
// own wording; values are parameters.
import type { Db } from './db.ts';
import { entryColumns, type LogDecision, type StoredEntry } from './log-entry.ts';

export interface FoundEntry extends StoredEntry {
  /** Place in the sealed chain; null until sealed. */
  readonly number: number | null;
  /** Whom it is about today: numbers and former ids resolved. */
  readonly about: string | null;
}

export interface LogSearch {
  readonly id?: string;
  readonly person?: string;
  readonly organisation?: string;
  readonly role?: string;
  readonly consumer?: string;
  readonly citizen?: string;
  readonly purpose?: string;
  /** No index leads to it: give `from`, too. */
  readonly correlation?: string;
  readonly from?: Date;
  /** Exclusive. */
  readonly to?: Date;
  readonly decision?: LogDecision;
  readonly emergency?: boolean;
  /** How the endpoint begins: `GET /v1/citizens/:id/plan`. */
  readonly endpoint?: string;
  /** The last entry of the page before. */
  readonly after?: { readonly at: Date; readonly id: string };
  readonly limit: number;
}

/** Literals, so that the indexes made for them are used. */
const rare = {
  denied: `in ('denied', 'failed') and e.decision = 'denied'`,
  failed: `in ('denied', 'failed') and e.decision = 'failed'`,
};

/** Of the citizen in $1: each half by an index of its own. */
export const aboutCitizen = `(
  select a.* from access_log a where a.citizen_id in (select id from citizen where id = $1 or merged_into = $1)
  union all
  select a.* from access_log a
  where a.citizen_id is null and a.number_hash in (select cpr_hash from identity where citizen_id = $1))`;

export const findLog = async (db: Db, search: LogSearch): Promise<readonly FoundEntry[]> => {
  const values: unknown[] = search.citizen === undefined ? [] : [search.citizen];
  const where: string[] = [];
  const add = (value: unknown, condition: (parameter: string) => string): void => {
    if (value === undefined) return;
    values.push(value);
    where.push(condition(`$${values.length}`));
  };
  add(search.person, (is) => `e.person = ${is}`);
  add(search.organisation, (is) => `e.organisation = ${is}`);
  add(search.role, (is) => `e.role = ${is}`);
  add(search.consumer, (is) => `e.consumer = ${is}`);
  add(search.id, (is) => `e.id = ${is}`);
  add(search.purpose, (is) => `e.purpose = ${is}`);
  add(search.correlation, (is) => `e.correlation = ${is}`);
  add(search.from, (is) => `e.at >= ${is}`);
  add(search.to, (is) => `e.at < ${is}`);
  add(search.endpoint, (is) => `starts_with(e.endpoint, ${is})`);
  if (search.decision === 'denied' || search.decision === 'failed') where.push(`e.decision ${rare[search.decision]}`);
  else add(search.decision, (is) => `e.decision = ${is}`);
  if (search.emergency !== undefined) where.push(search.emergency ? 'e.emergency' : 'not e.emergency');
  if (search.after !== undefined) {
    values.push(search.after.at, search.after.id);
    where.push(`(e.at, e.id) < ($${values.length - 1}, $${values.length})`);
  }
  values.push(search.limit);
  const { rows } = await db.query<{ [K in keyof FoundEntry]: FoundEntry[K] }>(
    `select ${entryColumns}, s.number, coalesce(c.merged_into, e.citizen_id, i.citizen_id) as about
     from (select * from ${search.citizen === undefined ? 'access_log' : aboutCitizen} e ${where.length === 0 ? '' : `where ${where.join(' and ')}`}
       order by e.at desc, e.id desc limit $${values.length}) e
     left join log_seal s on s.entry_id = e.id
     left join citizen c on c.id = e.citizen_id
     left join identity i on e.citizen_id is null and i.cpr_hash = e.number_hash
     order by e.at desc, e.id desc`,
    values,
  );
  return rows;
};
