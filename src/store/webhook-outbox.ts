// The outbox: hints, reminders and challenges that wait, what came of each attempt, and what is sent again. Postgres alone knows what
// is due; a queue only says when to look. An attempt is claimed before it is sent and recorded after it: what a killed
// worker leaves between the two is sent again.
import { randomUUID } from 'node:crypto';
import type { KeyRing } from './crypto.ts';
import { type Db, type Pool, type Tx, transaction } from './db.ts';
import { activateWebhook, disableWebhook, readWebhook, type Webhook } from './webhooks.ts';

export interface Delivery {
  readonly id: string;
  readonly kind: 'challenge' | 'hint' | 'reminder';
  readonly event: number | null;
  /** Of a reminder: when what is owed must have been confirmed. */
  readonly dueBy: Date | null;
  readonly createdAt: Date;
  readonly state: 'waiting' | 'delivered' | 'failed' | 'dropped';
  readonly attempts: number;
  readonly nextAt: Date;
}

export interface Due {
  readonly id: string;
  readonly attempts: number;
  readonly nextAt: Date;
}

const columns = `id, kind, event, created_at as "createdAt", state, attempts, next_at as "nextAt", due_by as "dueBy"`;
/** An attempt that is longer under way died with its worker. */
const stuckMs = 60_000;
const free = (now: string): string =>
  `(sending_at is null or sending_at < ${now}::timestamptz - interval '${stuckMs} ms')`;

/** A challenge takes the place of one that waits. They are `gapMs` apart, so that nobody is flooded with them. */
export const insertChallenge = async (tx: Tx, webhook: string, now: Date, gapMs: number): Promise<void> => {
  await tx.query(
    `update webhook_delivery set state = 'dropped' where webhook = $1 and kind = 'challenge' and state = 'waiting'`,
    [webhook],
  );
  await tx.query(
    `insert into webhook_delivery (id, webhook, kind, created_at, next_at)
     select $1, $2, 'challenge', $3, greatest($3::timestamptz, max(created_at) + $4 * interval '1 ms')
     from webhook_delivery where webhook = $2 and kind = 'challenge'`,
    [randomUUID(), webhook, now, gapMs],
  );
};

/** One hint that waits says it for all that is new meanwhile; two of one webhook are at least `gapMs` apart. */
export const insertHint = async (tx: Tx, webhook: string, now: Date, gapMs: number): Promise<void> => {
  await tx.query(
    `with numbered as (
       update webhook set events = events + 1, last_event_at = greatest($2::timestamptz, last_event_at + $3 * interval '1 ms')
       where id = $1 returning events, last_event_at, not_before)
     insert into webhook_delivery (id, webhook, kind, event, created_at, next_at)
     select $4, $1, 'hint', events, $2, greatest(last_event_at, not_before) from numbered`,
    [webhook, now, gapMs, randomUUID()],
  );
};

/** To each verified webhook of the consumer; one that still waits for its turn is overtaken. @returns to how many. */
export const insertReminders = async (tx: Tx, consumer: string, dueBy: Date, now: Date): Promise<number> => {
  await tx.query(
    `update webhook_delivery d set state = 'dropped' from webhook w
     where w.consumer = $1 and d.webhook = w.id and d.kind = 'reminder' and d.state = 'waiting' and d.sending_at is null`,
    [consumer],
  );
  const { rowCount } = await tx.query(
    `insert into webhook_delivery (id, webhook, kind, created_at, next_at, due_by)
     select gen_random_uuid(), id, 'reminder', $2, greatest($2, not_before), $3
     from webhook where consumer = $1 and state = 'active'`,
    [consumer, now, dueBy],
  );
  return rowCount ?? 0;
};

/** Active webhooks with change rows they have not looked at and no hint that waits. What fell due is written first. */
export const webhooksToLook = async (db: Db, now: Date): Promise<readonly string[]> => {
  await db.query(`select write_fell_due() where exists (select from webhook where state = 'active')`);
  const { rows } = await db.query<{ id: string }>(
    `select w.id from webhook w where w.state = 'active'
       and (w.walked is not null or w.position < (select coalesce(max(position), 0) from change)
         or w.position < (select pruned_to from change_horizon))
       and not exists (select from webhook_delivery d
       where d.webhook = w.id and d.kind = 'hint' and d.state = 'waiting' and ${free('$1')}) order by w.id`,
    [now],
  );
  return rows.map((row) => row.id);
};

/** Deliveries due by then, oldest first. */
export const dueDeliveries = async (db: Db, now: Date, until: Date, most: number): Promise<readonly Due[]> => {
  const { rows } = await db.query<{ [K in keyof Due]: Due[K] }>(
    `select id, attempts, next_at as "nextAt" from webhook_delivery
     where state = 'waiting' and next_at <= $2 and ${free('$1')} order by next_at, id limit $3`,
    [now, until, most],
  );
  return rows;
};

export interface Claimed extends Delivery {
  readonly webhook: Webhook;
}

/** Takes a delivery for one attempt. Undefined when it is not due, not free, or of no use any more. */
export const claimDelivery = async (pool: Pool, keys: KeyRing, id: string, now: Date): Promise<Claimed | undefined> => {
  const { rows } = await pool.query<{ [K in keyof Delivery]: Delivery[K] } & { webhook: string }>(
    `update webhook_delivery set sending_at = $2, attempts = attempts + 1
     where id = $1 and state = 'waiting' and next_at <= $2 and ${free('$2')} returning ${columns}, webhook`,
    [id, now],
  );
  const [row] = rows;
  const webhook = row === undefined ? undefined : await readWebhook(pool, keys, row.webhook);
  return row === undefined || webhook === undefined ? undefined : { ...row, webhook };
};

export interface Attempted {
  readonly outcome: string;
  readonly ms: number;
  readonly now: Date;
}

export type Result =
  | { readonly state: 'delivered' }
  | { readonly state: 'waiting'; readonly nextAt: Date; readonly quiet: boolean }
  | { readonly state: 'failed'; readonly gone: boolean };

/** A hint or reminder whose every attempt failed, with nothing delivered since it was made, speaks for the address as a whole. */
const deaf = async (tx: Tx, { id, webhook }: Claimed): Promise<boolean> => {
  const { rows } = await tx.query<{ deaf: boolean }>(
    `select coalesce(w.last_delivered_at < d.created_at, true) as deaf from webhook w
     join webhook_delivery d on d.id = $2 where w.id = $1`,
    [webhook.id, id],
  );
  return rows[0]?.deaf === true;
};

/** Records an attempt and what follows from it. @returns the state that follows for the webhook, where it changed. */
export const recordAttempt = (
  pool: Pool,
  claimed: Claimed,
  { outcome, ms, now }: Attempted,
  result: Result,
): Promise<'active' | 'gone' | 'failing' | undefined> =>
  transaction(pool, async (tx) => {
    const { id, webhook, kind } = claimed;
    const { rows } = await tx.query<{ state: string; stopped: boolean }>(
      `select state, coalesce(reason = 'operator' and state_since > $2, false) as stopped from webhook where id = $1 for update`,
      [webhook.id, claimed.createdAt],
    );
    if (rows[0] === undefined) return undefined;
    await tx.query('insert into webhook_attempt (delivery, at, outcome, ms) values ($1, $2, $3, $4)', [
      id,
      now,
      outcome,
      ms,
    ]);
    // Sent again meanwhile, or dropped: what is decided since holds, except that it was delivered.
    await tx.query(
      `update webhook_delivery set sending_at = null, state = $2, next_at = coalesce($3, next_at)
       where id = $1 and (state = 'waiting' or $2 = 'delivered')`,
      [id, result.state, result.state === 'waiting' ? result.nextAt : null],
    );
    if (result.state === 'waiting') {
      if (result.quiet) {
        await tx.query('update webhook set not_before = $2 where id = $1', [webhook.id, result.nextAt]);
        await tx.query(
          `update webhook_delivery set next_at = $2 where webhook = $1 and state = 'waiting' and next_at < $2`,
          [webhook.id, result.nextAt],
        );
      }
      return undefined;
    }
    if (result.state === 'delivered') {
      await tx.query('update webhook set last_delivered_at = $2, not_before = null where id = $1', [webhook.id, now]);
      if (kind !== 'challenge' || rows[0].stopped) return undefined;
      await activateWebhook(tx, webhook.id, now);
      return 'active';
    }
    const reason = result.gone ? 'gone' : kind !== 'challenge' && (await deaf(tx, claimed)) ? 'failing' : undefined;
    if (reason === undefined || rows[0].state === 'disabled') return undefined;
    await disableWebhook(tx, webhook.id, reason, now);
    return reason;
  });

export interface Selection {
  /** Only these; absent: all in the range. */
  readonly ids?: readonly string[];
  readonly from?: Date;
  /** Not included. */
  readonly to?: Date;
  /** Only those that were given up or dropped. */
  readonly undelivered?: boolean;
}

const chosenSql = `webhook = $1 and kind <> 'challenge' and ($2::uuid[] is null or id = any($2))
       and ($3::timestamptz is null or created_at >= $3) and ($4::timestamptz is null or created_at < $4)
       and (not $5::boolean or state in ('failed', 'dropped'))`;
const chosenValues = (webhook: string, { ids, from, to, undelivered }: Selection): readonly unknown[] => [
  webhook,
  ids ?? null,
  from ?? null,
  to ?? null,
  undelivered ?? false,
];

/** Sends hints and reminders of a webhook again, as new as on the first day. @returns how many. */
export const resendDeliveries = async (db: Db, webhook: string, chosen: Selection, now: Date): Promise<number> => {
  const { rowCount } = await db.query(
    `update webhook_delivery set state = 'waiting', attempts = 0, next_at = $6, sending_at = null where ${chosenSql}`,
    [...chosenValues(webhook, chosen), now],
  );
  return rowCount ?? 0;
};

/** How many deliveries a selection would send again. */
export const countChosen = async (db: Db, webhook: string, chosen: Selection): Promise<number> => {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from webhook_delivery where ${chosenSql}`,
    [...chosenValues(webhook, chosen)],
  );
  return rows[0]?.count ?? 0;
};

export interface DeliveryCounts {
  readonly webhook: string;
  readonly waiting: number;
  readonly delivered: number;
  readonly failed: number;
  readonly dropped: number;
  /** When the first of those that wait is tried. */
  readonly nextAt: Date | null;
}

/** What became of these webhooks' deliveries, as long as they are kept. */
export const deliveryCounts = async (
  db: Db,
  webhooks: readonly string[],
): Promise<ReadonlyMap<string, DeliveryCounts>> => {
  const { rows } = await db.query<{ [K in keyof DeliveryCounts]: DeliveryCounts[K] }>(
    `select webhook, (count(*) filter (where state = 'waiting'))::int as waiting,
       (count(*) filter (where state = 'delivered'))::int as delivered, (count(*) filter (where state = 'failed'))::int as failed,
       (count(*) filter (where state = 'dropped'))::int as dropped, min(next_at) filter (where state = 'waiting') as "nextAt"
     from webhook_delivery where webhook = any($1::uuid[]) group by webhook`,
    [webhooks],
  );
  return new Map(rows.map((row) => [row.webhook, row]));
};

export interface LoggedDelivery extends Delivery {
  readonly tried: readonly { readonly at: string; readonly outcome: string; readonly ms: number }[];
}

export interface DeliveryPage {
  readonly state?: Delivery['state'];
  readonly kind?: Delivery['kind'];
  /** Made then or later, and before then. */
  readonly from?: Date;
  readonly to?: Date;
  /** Older than this delivery. */
  readonly before?: string;
  readonly limit: number;
}

/** A webhook's deliveries with their attempts, newest first. */
export const deliveriesOf = async (db: Db, webhook: string, page: DeliveryPage): Promise<readonly LoggedDelivery[]> => {
  const { rows } = await db.query<{ [K in keyof LoggedDelivery]: LoggedDelivery[K] }>(
    `select ${columns}, coalesce((select json_agg(json_build_object('at', a.at, 'outcome', a.outcome, 'ms', a.ms)
         order by a.at) from webhook_attempt a where a.delivery = d.id), '[]') as tried
     from webhook_delivery d where webhook = $1 and ($2::uuid is null or (created_at, id) <
       (select b.created_at, b.id from webhook_delivery b where b.id = $2 and b.webhook = $1))
       and ($4::text is null or state = $4) and ($5::text is null or kind = $5)
       and ($6::timestamptz is null or created_at >= $6) and ($7::timestamptz is null or created_at < $7)
     order by d.created_at desc, d.id desc limit $3`,
    [
      webhook,
      page.before ?? null,
      page.limit,
      page.state ?? null,
      page.kind ?? null,
      page.from ?? null,
      page.to ?? null,
    ],
  );
  return rows;
};

/** Deliveries that ended, and were made, that long ago go with their attempts. */
export const pruneDeliveries = async (db: Db, before: Date): Promise<void> => {
  await db.query(`delete from webhook_delivery where state <> 'waiting' and created_at < $1`, [before]);
};
