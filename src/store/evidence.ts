// Where somebody said or signed something, as staff write it down: often a name or a case number, so it is sealed at rest.
// The rooms between carry it shut; it is opened where it is shown.
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';

const mark = 'sealed:';
/** The same for every row, because rows are copied where numbers become one citizen. */
const context = 'evidence';

export const sealEvidence = (keys: KeyRing, evidence: string | undefined): string | null =>
  evidence === undefined ? null : `${mark}${keys.encrypt(evidence, context).toString('base64')}`;

/** What was written before evidence was sealed is read as it is. */
export const openEvidence = <T extends string | null>(keys: KeyRing, stored: T): string | (T & null) =>
  stored?.startsWith(mark) === true
    ? keys.decrypt(Buffer.from(stored.slice(mark.length), 'base64'), context)
    : (stored as string | (T & null));

const tables = ['consent', 'enrolment', 'representation', 'consent_proposal'] as const;

/** Seals what is still in the clear, some texts at a time. @returns how many texts there were. */
export const sealOldEvidence = async (db: Db, keys: KeyRing): Promise<number> => {
  let sealed = 0;
  for (const table of tables) {
    for (;;) {
      const { rows } = await db.query<{ evidence: string }>(
        `select distinct evidence from ${table} where evidence is not null and not starts_with(evidence, $1) limit 500`,
        [mark],
      );
      if (rows.length === 0) break;
      const clear = rows.map((row) => row.evidence);
      await db.query(
        `update ${table} t set evidence = s.shut from unnest($1::text[], $2::text[]) as s(clear, shut) where t.evidence = s.clear`,
        [clear, clear.map((one) => sealEvidence(keys, one))],
      );
      sealed += rows.length;
    }
  }
  return sealed;
};
