// Texts of records somebody decided may be used, by id.
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';
import { textOf } from './plans.ts';

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
