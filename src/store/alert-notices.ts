// The outbox of alerts: one row per message, contact and place, written with what it tells. Claimed before it is sent and
// recorded after it; what a killed worker leaves between the two is sent again under the same id.
import { randomUUID } from 'node:crypto';
import type { Db } from './db.ts';

export type NoticeEvent = 'opened' | 'worsened' | 'resolved' | 'digest' | 'trial';

export interface NewNotice {
  /** Absent for a digest or a trial. */
  readonly alert?: string;
  readonly event: NoticeEvent;
  readonly step?: number;
  readonly contact: string;
  readonly place: string;
  /** All its text is made of, as of now: sent twice it says the same twice. */
  readonly said: unknown;
}

/** @returns its id; undefined when it is there already. */
export const putNotice = async (db: Db, notice: NewNotice, now: Date): Promise<string | undefined> => {
  const { rows } = await db.query<{ id: string }>(
    `insert into alert_notice (id, alert, event, step, contact, place, said, created_at, next_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
     on conflict (alert, event, step, contact, place) where alert is not null do nothing returning id`,
    [
      randomUUID(),
      notice.alert ?? null,
      notice.event,
      notice.step ?? 0,
      notice.contact,
      notice.place,
      JSON.stringify(notice.said),
      now,
    ],
  );
  return rows[0]?.id;
};

export interface ToldPlace {
  readonly contact: string;
  readonly place: string;
  /** The message that told of the opening. */
  readonly first: string;
}

/** Who was told that it opened. */
export const toldOf = async (db: Db, alert: string): Promise<readonly ToldPlace[]> => {
  const { rows } = await db.query<{ [K in keyof ToldPlace]: ToldPlace[K] }>(
    `select contact, place, id as first from alert_notice where alert = $1 and event = 'opened'`,
    [alert],
  );
  return rows;
};

export interface ClaimedNotice {
  readonly id: string;
  readonly event: NoticeEvent;
  readonly contact: string;
  readonly place: string;
  readonly said: unknown;
  readonly createdAt: Date;
  readonly attempts: number;
}

/** A try that is longer under way died with its worker. */
const stuckMs = 120_000;

/**
 * Takes one that is due for one try; of one alert and place the earlier goes first, and waiting for it is waiting in
 * turn. `only`: this one, when it is due.
 */
export const claimNotice = async (db: Db, now: Date, only?: string): Promise<ClaimedNotice | undefined> => {
  const { rows } = await db.query<{ [K in keyof ClaimedNotice]: ClaimedNotice[K] }>(
    `update alert_notice set sending_at = $1, attempts = attempts + 1 where id = (
       select n.id from alert_notice n where n.state = 'waiting' and n.next_at <= $1 and ($2::uuid is null or n.id = $2)
         and (n.sending_at is null or n.sending_at < $1::timestamptz - interval '${stuckMs} ms')
         and not exists (select from alert_notice e where e.alert = n.alert and e.contact = n.contact
           and e.place = n.place and e.state = 'waiting' and (e.created_at, e.step) < (n.created_at, n.step))
       order by n.next_at, n.id limit 1 for update skip locked)
     returning id, event, contact, place, said, created_at as "createdAt", attempts`,
    [now, only ?? null],
  );
  return rows[0];
};

export type NoticeResult =
  | { readonly state: 'waiting'; readonly nextAt: Date }
  | { readonly state: 'delivered' | 'failed' | 'dropped' };

/** What came of a try. That it was delivered holds, whoever says otherwise. */
export const recordNotice = async (
  db: Db,
  id: string,
  outcome: string,
  result: NoticeResult,
  now: Date,
): Promise<void> => {
  await db.query(
    `update alert_notice set sending_at = null, state = $2, outcome = $3, next_at = coalesce($4, next_at),
       ended_at = case when $2 = 'waiting' then null else $5::timestamptz end
     where id = $1 and (state = 'waiting' or $2 = 'delivered')`,
    [id, result.state, outcome, result.state === 'waiting' ? result.nextAt : null, now],
  );
};

export interface SentNotice {
  readonly id: string;
  readonly event: NoticeEvent;
  readonly contact: string;
  readonly place: string;
  readonly createdAt: Date;
  readonly state: 'waiting' | 'delivered' | 'failed' | 'dropped';
  readonly attempts: number;
  readonly outcome: string | null;
  readonly endedAt: Date | null;
}

/** Messages about one alert, or all, newest first. */
export const listNotices = async (
  db: Db,
  filter: { readonly alert?: string; readonly limit: number },
): Promise<readonly SentNotice[]> => {
  const { rows } = await db.query<{ [K in keyof SentNotice]: SentNotice[K] }>(
    `select id, event, contact, place, created_at as "createdAt", state, attempts, outcome, ended_at as "endedAt"
     from alert_notice where $1::uuid is null or alert = $1 order by created_at desc, id desc limit $2`,
    [filter.alert ?? null, filter.limit],
  );
  return rows;
};

export interface Undelivered {
  readonly contact: string;
  readonly place: string;
  readonly messages: number;
  readonly outcome: string;
}

/** Where messages do not arrive: tried at least so often, or given up on within the last day. */
export const undelivered = async (db: Db, attempts: number, now: Date): Promise<readonly Undelivered[]> => {
  const { rows } = await db.query<{ [K in keyof Undelivered]: Undelivered[K] }>(
    `select contact, place, count(*)::int as messages, coalesce(max(outcome), '') as outcome from alert_notice
     where event <> 'trial' and (state = 'waiting' and attempts >= $1
       or state = 'failed' and ended_at > $2::timestamptz - interval '1 day')
     group by contact, place order by contact, place`,
    [attempts, now],
  );
  return rows;
};
