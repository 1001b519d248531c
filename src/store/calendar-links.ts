// Secret addresses of calendars: made, listed, taken back, and found again by the keyed hash of their secret. What an
// address lets through is decided at each read by the rules as they are then.
import { randomBytes, randomUUID } from 'node:crypto';
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';

export interface CalendarLink {
  readonly id: string;
  readonly createdAt: Date;
  /** Day of the last read; null before the first. */
  readonly lastUsedOn: string | null;
}

const context = (id: string): string => `calendar_link:${id}`;
const hashOf = (keys: KeyRing, secret: string): Buffer => keys.hash('key', `calendar link ${secret}`);

/** @param actor whoever reads through it, as JSON */
export const insertCalendarLink = async (
  tx: Db,
  keys: KeyRing,
  link: { readonly citizen: string; readonly madeBy: string; readonly actor: string },
): Promise<{ readonly id: string; readonly secret: string }> => {
  const id = randomUUID();
  const secret = randomBytes(32).toString('base64url');
  await tx.query(
    'insert into calendar_link (id, citizen_id, secret_hash, actor, made_by) values ($1, $2, $3, $4, $5)',
    [id, link.citizen, hashOf(keys, secret), keys.encrypt(link.actor, context(id)), link.madeBy],
  );
  return { id, secret };
};

/** One person's own addresses for a citizen's calendar that still work. */
export const calendarLinksOf = async (db: Db, citizen: string, madeBy: string): Promise<readonly CalendarLink[]> => {
  const { rows } = await db.query<{ id: string; created_at: Date; last_used_on: string | null }>(
    `select id, created_at, last_used_on::text from calendar_link
     where citizen_id = $1 and made_by = $2 and revoked_at is null order by created_at, id`,
    [citizen, madeBy],
  );
  return rows.map((row) => ({ id: row.id, createdAt: row.created_at, lastUsedOn: row.last_used_on }));
};

/** @returns whose calendar it was; undefined when there is no such address of this person (any more). */
export const revokeCalendarLink = async (tx: Db, id: string, madeBy: string): Promise<string | undefined> => {
  const { rows } = await tx.query<{ citizen_id: string }>(
    'update calendar_link set revoked_at = now() where id = $1 and made_by = $2 and revoked_at is null returning citizen_id',
    [id, madeBy],
  );
  return rows[0]?.citizen_id;
};

/** Whose calendar an address opens, and for whom; the day of use is remembered. */
export const openCalendarLink = async (
  db: Db,
  keys: KeyRing,
  secret: string,
): Promise<{ readonly citizen: string; readonly actor: string } | undefined> => {
  const { rows } = await db.query<{ id: string; citizen_id: string; actor: Buffer; stale: boolean }>(
    `select id, citizen_id, actor, last_used_on is distinct from current_date as stale
     from calendar_link where secret_hash = $1 and revoked_at is null`,
    [hashOf(keys, secret)],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  if (row.stale) await db.query('update calendar_link set last_used_on = current_date where id = $1', [row.id]);
  return { citizen: row.citizen_id, actor: keys.decrypt(row.actor, context(row.id)) };
};

/** With the enrolment goes every address: a new enrolment opens none again. */
export const revokeCalendarLinks = async (tx: Db, citizen: string): Promise<void> => {
  await tx.query('update calendar_link set revoked_at = now() where citizen_id = $1 and revoked_at is null', [citizen]);
};
