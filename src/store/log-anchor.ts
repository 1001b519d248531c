// Two signed statements about the chain, kept outside it: its head (so that a cut tail shows) and the anchor retention
// left (so that a cut beginning is accepted only where retention made it). Signed with the hash key.
import { timingSafeEqual } from 'node:crypto';
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';
import { chainStart } from './log-entry.ts';

export type Mark = 'head' | 'anchor';

export interface Link {
  readonly number: number;
  readonly hash: Buffer;
}
export const beforeFirst: Link = { number: 0, hash: chainStart };

const sign = (keys: KeyRing, mark: Mark, link: Link): Buffer =>
  keys.hash('log', `${mark} ${link.number} ${link.hash.toString('hex')}`);

export const writeMark = async (db: Db, keys: KeyRing, mark: Mark, link: Link): Promise<void> => {
  const value = [link.number, link.hash.toString('hex'), sign(keys, mark, link).toString('hex')].join(' ');
  await db.query(
    `insert into hub_setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value`,
    [`log.${mark}`, value],
  );
};

/** `forged`: it is there, but was not signed with our key. */
export const readMark = async (db: Db, keys: KeyRing, mark: Mark): Promise<Link | 'absent' | 'forged'> => {
  const { rows } = await db.query<{ value: string }>('select value from hub_setting where name = $1', [`log.${mark}`]);
  const value = rows[0]?.value;
  if (value === undefined) return 'absent';
  const [number = '', hash = '', signature = ''] = value.split(' ');
  const link = { number: Number(number), hash: Buffer.from(hash, 'hex') };
  const given = Buffer.from(signature, 'hex');
  const right = sign(keys, mark, link);
  return given.length === right.length && timingSafeEqual(given, right) ? link : 'forged';
};
