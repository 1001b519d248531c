// Which encryption keys stored values were written with: a key may be taken out of the key file when nothing uses it. Reads
// the head of every sealed value, so it costs a pass over the tables; asked for by a person, not by a loop.
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';

/** Every column that holds sealed values alone. Evidence and sealed texts beside plain ones are rewritten with their rows. */
const sealed = [
  ['identity', 'cpr_cipher'],
  ['record_body', 'cipher'],
  ['record_body', 'stripped_cipher'],
  ['quarantine', 'cipher'],
  ['retained', 'cipher'],
  ['notice', 'key_cipher'],
  ['inbox_message', 'cipher'],
  ['journal_item', 'content'],
  ['journal_item', 'note'],
  ['representation', 'name_cipher'],
  ['emergency_access', 'reason_cipher'],
  ['calendar_link', 'actor'],
  ['webhook', 'url'],
  ['webhook', 'actor'],
  ['webhook_secret', 'secret'],
  ['web_session', 'tokens'],
] as const;

export interface KeyUse {
  /** The key's name in the key file. */
  readonly key: string;
  /** New values are written with it. */
  readonly current: boolean;
  /** Values by table. */
  readonly tables: readonly { readonly table: string; readonly values: number }[];
  readonly values: number;
}

const useSql = sealed
  .map(
    ([table, column]) =>
      `select '${table}' as name, convert_from(substr(${column}, 2, get_byte(${column}, 0)), 'LATIN1') as key, count(*)::int as n
       from ${table} where ${column} is not null group by 2`,
  )
  .join(' union all ');

/** The current key is there also when nothing was written yet; others while something uses them. */
export const readKeyUse = async (db: Db, keys: Pick<KeyRing, 'currentKeyId'>): Promise<readonly KeyUse[]> => {
  const { rows } = await db.query<{ key: string; name: string; n: number }>(
    `select key, name, sum(n)::int as n from (${useSql}) u group by key, name order by name`,
  );
  const names = new Set([keys.currentKeyId, ...rows.map(({ key }) => key)]);
  return [...names].sort().map((key) => {
    const tables = rows.filter((row) => row.key === key).map(({ name, n }) => ({ table: name, values: n }));
    return {
      key,
      current: key === keys.currentKeyId,
      tables,
      values: tables.reduce((sum, { values }) => sum + values, 0),
    };
  });
};
