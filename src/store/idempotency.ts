// Writes that may be sent twice. A key is claimed before the work and keeps the answer for 24 hours; a claim whose
// process died is free again after a minute.
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';

export interface WriteKey {
  readonly caller: Buffer;
  readonly key: Buffer;
  readonly request: Buffer;
}

export type Claim =
  | { readonly state: 'claimed' }
  | { readonly state: 'under-way' }
  | { readonly state: 'other-request' }
  | { readonly state: 'answered'; readonly status: number; readonly body: string };

const context = (key: WriteKey): string => `idempotency:${key.caller.toString('hex')}:${key.key.toString('hex')}`;

/** Claims the key, or says what is known of it. */
export const claimWrite = async (db: Db, keys: KeyRing, key: WriteKey): Promise<Claim> => {
  await db.query(
    `delete from idempotency where ctid = any (array(select ctid from idempotency where created_at < now() - interval '24 hours' limit 100))`,
  );
  const claimed = await db.query(
    `insert into idempotency (caller, key, request) values ($1, $2, $3)
     on conflict (caller, key) do update set request = excluded.request, status = null, answer = null, created_at = now()
     where idempotency.created_at < now() - interval '24 hours'
       or (idempotency.status is null and idempotency.created_at < now() - interval '1 minute')
     returning 1`,
    [key.caller, key.key, key.request],
  );
  if (claimed.rows.length > 0) return { state: 'claimed' };
  const { rows } = await db.query<{ request: Buffer; status: number | null; answer: Buffer | null }>(
    'select request, status, answer from idempotency where caller = $1 and key = $2',
    [key.caller, key.key],
  );
  const row = rows[0];
  if (row === undefined) return { state: 'under-way' };
  if (!row.request.equals(key.request)) return { state: 'other-request' };
  if (row.status === null || row.answer === null) return { state: 'under-way' };
  return { state: 'answered', status: row.status, body: keys.decrypt(row.answer, context(key)) };
};

export const finishWrite = async (
  db: Db,
  keys: KeyRing,
  key: WriteKey,
  status: number,
  body: string,
): Promise<void> => {
  await db.query('update idempotency set status = $4, answer = $5 where caller = $1 and key = $2 and request = $3', [
    key.caller,
    key.key,
    key.request,
    status,
    keys.encrypt(body, context(key)),
  ]);
};

/** Nothing was done: the key may be used again. */
export const releaseWrite = async (db: Db, key: WriteKey): Promise<void> => {
  await db.query('delete from idempotency where caller = $1 and key = $2 and request = $3 and status is null', [
    key.caller,
    key.key,
    key.request,
  ]);
};
