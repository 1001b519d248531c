// Subscriptions of consumer systems: address and whom they look as sealed, how far they have looked, and whether anything
// may be sent. Times come from the caller's clock.
import { randomUUID } from 'node:crypto';
import type { KeyRing } from './crypto.ts';
import { type Db, type Pool, type Tx, transaction } from './db.ts';

export type WebhookState = 'unverified' | 'active' | 'disabled';
/** operator: somebody here stopped it. */
export type WebhookReason = 'gone' | 'failing' | 'unregistered' | 'operator';

export interface Webhook {
  readonly id: string;
  readonly consumer: string;
  readonly url: string;
  readonly host: string;
  /** What its consumer calls it. */
  readonly name: string | null;
  readonly signature: 'hmac' | 'ed25519';
  readonly state: WebhookState;
  readonly reason: WebhookReason | null;
  readonly stateSince: Date;
  readonly createdAt: Date;
  readonly lastDeliveredAt: Date | null;
}

type Row = Omit<{ [K in keyof Webhook]: Webhook[K] }, 'url'> & { url: Buffer };

const columns = `id, consumer, url, host, name, signature, state, reason, state_since as "stateSince", created_at as "createdAt",
  last_delivered_at as "lastDeliveredAt"`;
const urlContext = (id: string): string => `webhook_url:${id}`;
const actorContext = (id: string): string => `webhook_actor:${id}`;
const secretContext = (id: string): string => `webhook_secret:${id}`;

const opened = (keys: KeyRing, row: Row): Webhook => ({ ...row, url: keys.decrypt(row.url, urlContext(row.id)) });

export interface NewWebhook {
  readonly consumer: string;
  readonly url: string;
  readonly host: string;
  readonly name?: string | undefined;
  readonly signature: Webhook['signature'];
  /** Whoever it looks as, as JSON. */
  readonly actor: string;
  readonly secret: string;
}

/** @returns its id; undefined when the consumer has `most` already. */
export const insertWebhook = (
  pool: Pool,
  keys: KeyRing,
  given: NewWebhook,
  most: number,
  now: Date,
): Promise<string | undefined> =>
  transaction(pool, async (tx) => {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`webhooks ${given.consumer}`]);
    const { rows } = await tx.query<{ count: number }>(
      'select count(*)::int as count from webhook where consumer = $1',
      [given.consumer],
    );
    if ((rows[0]?.count ?? 0) >= most) return undefined;
    const id = randomUUID();
    const url = keys.encrypt(given.url, urlContext(id));
    const actor = keys.encrypt(given.actor, actorContext(id));
    await tx.query(
      `insert into webhook (id, consumer, url, host, signature, actor, state_since, created_at, name)
       values ($1, $2, $3, $4, $5, $6, $7, $7, $8)`,
      [id, given.consumer, url, given.host, given.signature, actor, now, given.name ?? null],
    );
    await insertSecret(tx, keys, id, given.secret, now);
    return id;
  });

const insertSecret = async (tx: Db, keys: KeyRing, webhook: string, secret: string, now: Date): Promise<void> => {
  const id = randomUUID();
  await tx.query('insert into webhook_secret (id, webhook, secret, made_at) values ($1, $2, $3, $4)', [
    id,
    webhook,
    keys.encrypt(secret, secretContext(id)),
    now,
  ]);
};

/** A new current secret; the one before it signs beside it until `formerUntil`, and at most one of before that. */
export const rotateSecret = async (
  pool: Pool,
  keys: KeyRing,
  webhook: string,
  secret: string,
  at: { readonly now: Date; readonly formerUntil: Date },
  note?: (tx: Tx) => Promise<unknown>,
): Promise<void> => {
  await transaction(pool, async (tx) => {
    await note?.(tx);
    await tx.query('select from webhook where id = $1 for update', [webhook]);
    await tx.query(
      `delete from webhook_secret where webhook = $1 and ends_at is not null and (ends_at <= $2 or id not in (
         select id from webhook_secret where webhook = $1 and ends_at is not null order by ends_at desc limit 1))`,
      [webhook, at.now],
    );
    await tx.query('update webhook_secret set ends_at = $2 where webhook = $1 and ends_at is null', [
      webhook,
      at.formerUntil,
    ]);
    await insertSecret(tx, keys, webhook, secret, at.now);
  });
};

export interface Secret {
  readonly secret: string;
  readonly endsAt: Date | null;
}

/** The secrets that hold now, the current one first. */
export const secretsOf = async (db: Db, keys: KeyRing, webhook: string, now: Date): Promise<readonly Secret[]> => {
  const { rows } = await db.query<{ id: string; secret: Buffer; ends_at: Date | null }>(
    `select id, secret, ends_at from webhook_secret where webhook = $1 and (ends_at is null or ends_at > $2)
     order by ends_at desc nulls first`,
    [webhook, now],
  );
  return rows.map((row) => ({ secret: keys.decrypt(row.secret, secretContext(row.id)), endsAt: row.ends_at }));
};

/** Since when the current secret signs, and until when a former one does; the webhook is locked. */
export const lockSecretTimes = async (
  tx: Tx,
  webhook: string,
  now: Date,
): Promise<{ readonly madeAt: Date | undefined; readonly formerUntil: Date | undefined }> => {
  await tx.query('select from webhook where id = $1 for update', [webhook]);
  return secretTimes(tx, webhook, now);
};

export const secretTimes = async (
  db: Db,
  webhook: string,
  now: Date,
): Promise<{ readonly madeAt: Date | undefined; readonly formerUntil: Date | undefined }> => {
  const { rows } = await db.query<{ made_at: Date; ends_at: Date | null }>(
    `select made_at, ends_at from webhook_secret where webhook = $1 and (ends_at is null or ends_at > $2)
     order by ends_at desc nulls first`,
    [webhook, now],
  );
  return { madeAt: rows.find((row) => row.ends_at === null)?.made_at, formerUntil: rows[1]?.ends_at ?? undefined };
};

/** All, or one consumer's, oldest first. */
export const listWebhooks = async (db: Db, keys: KeyRing, consumer?: string): Promise<readonly Webhook[]> => {
  const { rows } = await db.query<Row>(
    `select ${columns} from webhook where $1::text is null or consumer = $1 order by created_at, id`,
    [consumer ?? null],
  );
  return rows.map((row) => opened(keys, row));
};

/** Undefined when there is none, or, where a consumer is named, it is another's. */
export const readWebhook = async (
  db: Db,
  keys: KeyRing,
  id: string,
  consumer?: string,
): Promise<Webhook | undefined> => {
  const { rows } = await db.query<Row>(
    `select ${columns} from webhook where id = $1 and ($2::text is null or consumer = $2)`,
    [id, consumer ?? null],
  );
  return rows[0] === undefined ? undefined : opened(keys, rows[0]);
};

/** Whose a delivery is. */
export const webhookOfDelivery = async (
  db: Db,
  delivery: string,
): Promise<Pick<Webhook, 'id' | 'consumer'> | undefined> => {
  const { rows } = await db.query<{ id: string; consumer: string }>(
    'select w.id, w.consumer from webhook_delivery d join webhook w on w.id = d.webhook where d.id = $1',
    [delivery],
  );
  return rows[0];
};

export const deleteWebhook = async (db: Db, id: string): Promise<void> => {
  await db.query('delete from webhook where id = $1', [id]);
};

/** Whom it looks as from now on: the caller as they were described last. */
export const describeWebhook = async (db: Db, keys: KeyRing, id: string, actor: string): Promise<void> => {
  await db.query('update webhook set actor = $2 where id = $1', [id, keys.encrypt(actor, actorContext(id))]);
};

const before = '00000000-0000-0000-0000-000000000000';

/** From now on there are hints, and one that waits goes at once. What its reader sees is looked at anew, and hinted at. */
export const activateWebhook = async (tx: Tx, id: string, now: Date): Promise<void> => {
  await tx.query('delete from webhook_told where webhook = $1', [id]);
  await tx.query(
    `update webhook_delivery set next_at = $2, attempts = 0
     where webhook = $1 and kind <> 'challenge' and state = 'waiting' and sending_at is null`,
    [id, now],
  );
  await tx.query(
    `update webhook set state = 'active', reason = null, state_since = $2, walked = $3,
       position = coalesce((select position from change order by position desc limit 1),
         (select pruned_to from change_horizon)) where id = $1`,
    [id, now, before],
  );
};

/** Nothing is sent from now on; what waits is dropped, and what was seen forgotten. */
export const disableWebhook = async (tx: Tx, id: string, reason: WebhookReason, now: Date): Promise<void> => {
  await tx.query(`update webhook set state = 'disabled', reason = $2, state_since = $3 where id = $1`, [
    id,
    reason,
    now,
  ]);
  await tx.query(`update webhook_delivery set state = 'dropped' where webhook = $1 and state = 'waiting'`, [id]);
  await tx.query('delete from webhook_told where webhook = $1', [id]);
};

/** How far an active webhook has looked, locked. */
export interface Looking {
  readonly id: string;
  readonly consumer: string;
  readonly actor: string;
  readonly position: number;
  readonly walked: string | null;
  /** Its last hint's turn. */
  readonly lastEventAt: Date | null;
}

/** Undefined when it is not active, or somebody else is at it. */
export const lockLooking = async (tx: Tx, keys: KeyRing, id: string): Promise<Looking | undefined> => {
  const { rows } = await tx.query<{ [K in keyof Looking]: Looking[K] } & { sealed: Buffer }>(
    `select id, consumer, actor as sealed, position, walked, last_event_at as "lastEventAt"
     from webhook where id = $1 and state = 'active' for update skip locked`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { sealed, ...looking } = row;
  return { ...looking, actor: keys.decrypt(sealed, actorContext(id)) };
};

/** As whom a webhook looks, without locking it. */
export const actorOfWebhook = async (
  db: Db,
  keys: KeyRing,
  id: string,
): Promise<{ readonly consumer: string; readonly actor: string } | undefined> => {
  const { rows } = await db.query<{ consumer: string; actor: Buffer }>(
    'select consumer, actor from webhook where id = $1',
    [id],
  );
  const [row] = rows;
  return row === undefined ? undefined : { consumer: row.consumer, actor: keys.decrypt(row.actor, actorContext(id)) };
};

export const keepLooking = async (
  tx: Tx,
  { id, position, walked }: Pick<Looking, 'id' | 'position' | 'walked'>,
): Promise<void> => {
  await tx.query('update webhook set position = $2, walked = $3 where id = $1', [id, position, walked]);
};

/** What the reader saw of these citizens when it last looked. */
export const toldMarks = async (
  tx: Tx,
  webhook: string,
  citizens: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> => {
  const { rows } = await tx.query<{ citizen_id: string; mark: Buffer }>(
    'select citizen_id, mark from webhook_told where webhook = $1 and citizen_id = any($2::uuid[])',
    [webhook, citizens],
  );
  return new Map(rows.map((row) => [row.citizen_id, row.mark]));
};

/** Null: nothing is seen any more. */
export const keepTold = async (tx: Tx, webhook: string, marks: ReadonlyMap<string, Buffer | null>): Promise<void> => {
  const gone = [...marks].flatMap(([citizen, mark]) => (mark === null ? [citizen] : []));
  const kept = [...marks].flatMap(([citizen, mark]) => (mark === null ? [] : [{ citizen, mark }]));
  if (gone.length > 0)
    await tx.query('delete from webhook_told where webhook = $1 and citizen_id = any($2::uuid[])', [webhook, gone]);
  if (kept.length > 0)
    await tx.query(
      `insert into webhook_told (webhook, citizen_id, mark) select $1, c, m from unnest($2::uuid[], $3::bytea[]) as t(c, m)
       on conflict (webhook, citizen_id) do update set mark = excluded.mark`,
      [webhook, kept.map((one) => one.citizen), kept.map((one) => one.mark)],
    );
};
