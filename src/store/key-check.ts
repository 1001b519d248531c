// Is the key file the one this database was written with? A known value, encrypted at the first start, tells.
import { HubError } from '../errors.ts';
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';

export const checkKeys = async (db: Db, keys: KeyRing): Promise<void> => {
  const mark = keys.hash('key', 'samspil key check').toString('hex');
  await db.query(`insert into hub_setting (name, value) values ('key-check', $1) on conflict do nothing`, [mark]);
  const { rows } = await db.query<{ value: string }>(`select value from hub_setting where name = 'key-check'`);
  if (rows[0]?.value !== mark)
    throw new HubError({
      code: 'store/wrong-key',
      fault: 'config',
      message: 'The key file is not the one this database was written with.',
      hint: 'Name the right one with SAMSPIL_KEYS_FILE.',
    });
};
