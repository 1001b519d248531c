// What a consumer holds against what it may see now. The comparison is one statement per group of citizens, and the
// engine of 0010_decision.sql decides in it; texts come only for what differs.

import { bodyContext, strippedContext } from './bodies.ts';
import type { Told } from './consumers.ts';
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';
import type { MasterFields } from './master-data.ts';

/** One record in which what is held and what is visible differ. */
export interface Difference {
  readonly citizenId: string;
  /** The citizen's own id for master data. */
  readonly recordId: string;
  readonly kind: string | null;
  readonly wasHeld: boolean;
  /** The mark it is held under; null: not held, or of what form is not known. */
  readonly held: Buffer | null;
  /** Over what decides the text now; null: no longer visible. */
  readonly mark: Buffer | null;
  readonly rule: number | null;
  readonly basis: string | null;
  /** The engine hides protected fields from this reader. */
  readonly hide: boolean | null;
  /** Visible links from the record, `rel to` joined by commas. */
  readonly links: string | null;
  readonly staleSince: Date | null;
  readonly text: string | null;
  readonly cipher: Buffer | null;
  /** The text is the one without protected fields. */
  readonly stripped: boolean;
}
type Loaded = { [K in keyof Difference]: Difference[K] };

export interface Comparison {
  /** The engine's eleven values of the actor, in its order. */
  readonly actor: readonly unknown[];
  readonly citizens: readonly string[];
  /** What the page under way, and pages of its stream that have not come back, have told already. */
  readonly told: readonly Told[];
  /** Take nothing held for known: a snapshot begins. */
  readonly anew: boolean;
  /** Stop after the citizen with which so many differences are reached. */
  readonly most: number;
  /** Only records of these kinds; absent: of all. */
  readonly kinds?: readonly string[] | null;
}

const columns = `citizen_id as "citizenId", record_id as "recordId", kind, was_held as "wasHeld", held, mark, rule, basis,
  stripped as hide, links, stale_since as "staleSince", body as text, cipher, is_stripped as stripped`;

/** Differences in the order of `citizens`; a citizen's master data comes before their records and goes after them. */
export const compareHolds = async (db: Db, asked: Comparison): Promise<readonly Difference[]> => {
  const { rows } = await db.query<Loaded>({
    name: 'consumer-changes',
    text: `select ${columns} from consumer_changes($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text,
      $8::text, $9::uuid, $10::bytea, $11::text, $12::uuid[], $13::uuid[], $14::uuid[], $15::bytea[], $16::boolean, $17::int, $18::text[])`,
    values: [
      ...asked.actor,
      asked.citizens,
      asked.told.map((one) => one.citizen),
      asked.told.map((one) => one.record),
      asked.told.map((one) => one.mark),
      asked.anew,
      asked.most,
      asked.kinds ?? null,
    ],
  });
  return rows;
};

/** Citizens of whom the consumer holds something, ascending, above `after`. */
export const heldCitizens = async (
  db: Db,
  consumer: string,
  after: string,
  limit: number,
): Promise<readonly string[]> => {
  const { rows } = await db.query<{ citizen_id: string }>(
    'select citizen_id from consumer_hold where consumer = $1 and citizen_id > $2 order by citizen_id limit $3',
    [consumer, after, limit],
  );
  return rows.map((row) => row.citizen_id);
};

/** The record's text as stored for this reader: decrypted where needed, with when it went stale. */
export const textOf = (keys: KeyRing, difference: Difference): string => {
  const { recordId: id, staleSince } = difference;
  const context = difference.stripped ? strippedContext(id) : bodyContext(id);
  const text = difference.cipher === null ? (difference.text ?? '{}') : keys.decrypt(difference.cipher, context);
  return staleSince === null ? text : `${text.slice(0, -1)},"staleSince":"${staleSince.toISOString()}"}`;
};

/** The sources' citizen records of these citizens, to be merged. */
export const masterRecords = async (
  db: Db,
  keys: KeyRing,
  citizens: readonly string[],
): Promise<ReadonlyMap<string, readonly MasterFields[]>> => {
  const found = new Map<string, MasterFields[]>(citizens.map((id) => [id, []]));
  if (citizens.length === 0) return found;
  const { rows } = await db.query<{ citizen: string; id: string; body: string | null; cipher: Buffer | null }>({
    name: 'master-records',
    text: `select c.citizen_id as citizen, c.record_id as id, b.body, b.cipher
      from citizen_record c join record_body b on b.record_id = c.record_id where c.citizen_id = any($1::uuid[])`,
    values: [citizens],
  });
  for (const { citizen, id, body, cipher } of rows) {
    const text = cipher === null ? (body ?? '{}') : keys.decrypt(cipher, bodyContext(id));
    found.get(citizen)?.push(JSON.parse(text) as MasterFields);
  }
  return found;
};
