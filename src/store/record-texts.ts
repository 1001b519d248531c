// Texts of records somebody decided may be used, by id.
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';
import { textOf } from './plans.ts';

/** Records that name exactly one of these professionals, by the id their source names them by. */
export const recordsNaming = async (
  db: Db,
  ids: readonly string[],
  people: readonly string[],
): Promise<readonly { readonly id: string; readonly person: string }[]> => {
  if (ids.length === 0 || people.length === 0) return [];
  const { rows } = await db.query<{ readonly id: string; readonly person: string }>({
    name: 'records-naming',
    text: `select distinct record_id as id, named[1] as person from record_version
      where record_id = any($1::uuid[]) and valid_to = 'infinity' and cardinality(named) = 1 and named[1] = any($2::text[])
      order by record_id`,
    values: [ids, people],
  });
  return rows;
};

interface Row {
  readonly id: string;
  readonly text: string | null;
  readonly cipher: Buffer | null;
  readonly staleSince: Date | null;
}

/** Whole texts; the caller decides what of them may leave. */
export const recordTexts = async (db: Db, keys: KeyRing, ids: readonly string[]): Promise<readonly string[]> => {
  if (ids.length === 0) return [];
  const { rows } = await db.query<Row>({
    name: 'record-texts',
    text: `select r.id, b.body as text, b.cipher, r.stale_since as "staleSince"
      from record r join record_body b on b.record_id = r.id where r.id = any($1::uuid[])`,
    values: [ids],
  });
  return rows.map((row) => textOf(keys, { ...row, stripped: false }));
};
