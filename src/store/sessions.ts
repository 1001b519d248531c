// Sessions of the pages: found by the hash of a secret that only the browser has, their tokens sealed, over when nobody
// came for a while, when their time is up, or when they signed out. Time is the caller's, so that one clock decides.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { HubError } from '../errors.ts';
import type { KeyRing } from './crypto.ts';
import { type Db, type Pool, transaction } from './db.ts';

/** What a log-in left behind; sealed as JSON. */
export interface SessionTokens {
  readonly access: string;
  readonly refresh?: string;
  /** Says at the provider's sign-out whose log-in ends. */
  readonly identity?: string;
  readonly name: string;
  /** Kind and id of the person: a renewal may not change them. */
  readonly subject: string;
  /** Chosen by the person, where the hub knows several. */
  readonly purpose?: string;
}

export interface StoredSession {
  readonly idHash: Buffer;
  readonly tokens: SessionTokens;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly endsAt: Date;
}

const context = (idHash: Buffer): string => `web_session:${idHash.toString('hex')}`;
export const sessionHash = (keys: KeyRing, secret: string): Buffer => keys.hash('key', `web session ${secret}`);
const seal = (keys: KeyRing, idHash: Buffer, tokens: SessionTokens): Buffer =>
  keys.encrypt(JSON.stringify(tokens), context(idHash));

/** @returns the secret for the cookie; it is nowhere else. */
export const createSession = async (
  db: Db,
  keys: KeyRing,
  session: { readonly tokens: SessionTokens; readonly now: Date; readonly endsAt: Date },
): Promise<string> => {
  const secret = randomBytes(32).toString('base64url');
  const idHash = sessionHash(keys, secret);
  await db.query(
    'insert into web_session (id_hash, tokens, created_at, last_seen_at, ends_at) values ($1, $2, $3, $3, $4)',
    [idHash, seal(keys, idHash, session.tokens), session.now, session.endsAt],
  );
  return secret;
};

interface Row {
  readonly tokens: Buffer;
  readonly created_at: Date;
  readonly last_seen_at: Date;
  readonly ends_at: Date;
}

/** Undefined when there is none, or when it is over. */
export const findSession = async (
  db: Db,
  keys: KeyRing,
  idHash: Buffer,
  { now, idleMs, lock = false }: { readonly now: Date; readonly idleMs: number; readonly lock?: boolean },
): Promise<StoredSession | undefined> => {
  const { rows } = await db.query<Row>(
    `select tokens, created_at, last_seen_at, ends_at from web_session
     where id_hash = $1 and ends_at > $2 and last_seen_at > $3 ${lock ? 'for update' : ''}`,
    [idHash, now, new Date(now.getTime() - idleMs)],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    idHash,
    tokens: JSON.parse(keys.decrypt(row.tokens, context(idHash))) as SessionTokens,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    endsAt: row.ends_at,
  };
};

/** Somebody was there. Never back in time: answers overtake each other. */
export const touchSession = async (db: Db, idHash: Buffer, now: Date): Promise<void> => {
  await db.query('update web_session set last_seen_at = greatest(last_seen_at, $2) where id_hash = $1', [idHash, now]);
};

export interface RenewalTimes {
  readonly now: Date;
  readonly idleMs: number;
  /** So long somebody waits for the provider, or for whoever asks it. */
  readonly waitMs?: number;
  /** Longer than any provider takes: after it, whoever asked counts as dead. */
  readonly leaseMs?: number;
}

const pollMs = 100;
type Claim =
  | { readonly state: 'ours'; readonly until: Date; readonly tokens: SessionTokens }
  | { readonly state: 'busy' }
  | { readonly state: 'done'; readonly tokens: SessionTokens | undefined };

/** Ours to renew, somebody else's, or done already. By the database's clock: processes agree on it. */
const claim = (
  pool: Pool,
  keys: KeyRing,
  { idHash, tokens: known }: StoredSession,
  { now, idleMs, leaseMs = 30_000 }: RenewalTimes,
): Promise<Claim> =>
  transaction(pool, async (tx) => {
    const held = await findSession(tx, keys, idHash, { now, idleMs, lock: true });
    if (held === undefined || held.tokens.access !== known.access) return { state: 'done', tokens: held?.tokens };
    const { rows } = await tx.query<{ until: Date }>(
      `update web_session set renewing_until = date_trunc('milliseconds', clock_timestamp()) + make_interval(secs => $2)
       where id_hash = $1 and (renewing_until is null or renewing_until <= clock_timestamp())
       returning renewing_until as until`,
      [idHash, leaseMs / 1000],
    );
    const [row] = rows;
    return row === undefined ? { state: 'busy' } : { state: 'ours', until: row.until, tokens: held.tokens };
  });

/** What the provider gave, unless the session ended meanwhile; what the person chose meanwhile stays. */
const settle = (
  pool: Pool,
  keys: KeyRing,
  idHash: Buffer,
  until: Date,
  renewed: SessionTokens | undefined,
): Promise<SessionTokens | undefined> =>
  transaction(pool, async (tx) => {
    const { rows } = await tx.query<{ tokens: Buffer }>(
      'select tokens from web_session where id_hash = $1 and renewing_until = $2 for update',
      [idHash, until],
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    if (renewed === undefined) {
      await endSession(tx, idHash);
      return undefined;
    }
    const { purpose } = JSON.parse(keys.decrypt(row.tokens, context(idHash))) as SessionTokens;
    const tokens = { ...renewed, ...(purpose === undefined ? {} : { purpose }) };
    await tx.query('update web_session set tokens = $2, renewing_until = null where id_hash = $1', [
      idHash,
      seal(keys, idHash, tokens),
    ]);
    return tokens;
  });

const giveBack = async (db: Db, idHash: Buffer, until: Date): Promise<void> => {
  await db.query('update web_session set renewing_until = null where id_hash = $1 and renewing_until = $2', [
    idHash,
    until,
  ]);
};

const tookTooLong = (): HubError =>
  new HubError({
    code: 'source/unreachable',
    fault: 'transient',
    message: 'The sign-in provider took too long to renew a session.',
    hint: 'See whether the provider runs, and how fast it answers.',
  });

/** Whatever comes first; what comes later goes on by itself. */
const within = async <T>(work: Promise<T>, ms: number): Promise<T> => {
  const clock = new AbortController();
  try {
    return await Promise.race([
      work,
      pause(ms, undefined, { signal: clock.signal }).then(() => Promise.reject(tookTooLong())),
    ]);
  } finally {
    clock.abort();
  }
};

/**
 * New tokens for a session, one renewal at a time in the whole hub: a provider that replaces its refresh tokens takes
 * the second use of one for a theft. `renew` is not called when another has renewed them meanwhile. No connection is
 * held while the provider thinks: a slow one stops nobody but the session's own person.
 * @returns undefined when the session is over: then it is gone.
 * @throws HubError `source/unreachable` when it took too long; what the provider says then still counts.
 */
export const renewTokens = async (
  pool: Pool,
  keys: KeyRing,
  session: StoredSession,
  times: RenewalTimes,
  renew: (tokens: SessionTokens) => Promise<SessionTokens | undefined>,
): Promise<SessionTokens | undefined> => {
  const { idHash } = session;
  const { waitMs = 10_000 } = times;
  const began = performance.now();
  for (;;) {
    const found = await claim(pool, keys, session, times);
    if (found.state === 'done') return found.tokens;
    const left = waitMs - (performance.now() - began);
    if (found.state === 'ours') {
      const { until } = found;
      const work = renew(found.tokens).then(
        (renewed) => settle(pool, keys, idHash, until, renewed),
        async (error: unknown) => {
          await giveBack(pool, idHash, until);
          throw error;
        },
      );
      // Nobody may be waiting any more when it fails.
      work.catch(() => undefined);
      return within(work, Math.max(1, left));
    }
    if (left <= 0) throw tookTooLong();
    await pause(Math.min(pollMs, left));
  }
};

/** The session's own choice of purpose; its tokens stay what they are by then. */
export const changePurpose = (pool: Pool, keys: KeyRing, idHash: Buffer, purpose: string): Promise<void> =>
  transaction(pool, async (tx) => {
    const { rows } = await tx.query<{ tokens: Buffer }>(
      'select tokens from web_session where id_hash = $1 for update',
      [idHash],
    );
    const [row] = rows;
    if (row === undefined) return;
    const tokens = JSON.parse(keys.decrypt(row.tokens, context(idHash))) as SessionTokens;
    await tx.query('update web_session set tokens = $2 where id_hash = $1', [
      idHash,
      seal(keys, idHash, { ...tokens, purpose }),
    ]);
  });

export const endSession = async (db: Db, idHash: Buffer): Promise<void> => {
  await db.query('delete from web_session where id_hash = $1', [idHash]);
};

/** What is over goes. @returns how many. */
export const pruneSessions = async (db: Db, { now, idleMs }: { now: Date; idleMs: number }): Promise<number> =>
  (
    await db.query('delete from web_session where ends_at <= $1 or last_seen_at <= $2', [
      now,
      new Date(now.getTime() - idleMs),
    ])
  ).rowCount ?? 0;

/** How many people are signed in. */
export const countSessions = async (db: Db, { now, idleMs }: { now: Date; idleMs: number }): Promise<number> =>
  (
    await db.query<{ n: number }>(
      'select count(*)::int as n from web_session where ends_at > $1 and last_seen_at > $2',
      [now, new Date(now.getTime() - idleMs)],
    )
  ).rows[0]?.n ?? 0;
