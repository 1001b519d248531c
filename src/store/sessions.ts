// Sessions of the pages: found by the hash of a secret that only the browser has, their tokens sealed, over when nobody
// came for a while, when their time is up, or when they signed out. Time is the caller's, so that one clock decides.
import { randomBytes } from 'node:crypto';
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

/**
 * New tokens for a session, one renewal at a time in the whole hub: a provider that replaces its refresh tokens takes
 * the second use of one for a theft. `renew` is not called when another has renewed them meanwhile.
 * @returns undefined when the session is over: then it is gone.
 */
export const renewTokens = (
  pool: Pool,
  keys: KeyRing,
  { idHash, tokens: known }: StoredSession,
  { now, idleMs }: { readonly now: Date; readonly idleMs: number },
  renew: (tokens: SessionTokens) => Promise<SessionTokens | undefined>,
): Promise<SessionTokens | undefined> =>
  transaction(pool, async (tx) => {
    const held = await findSession(tx, keys, idHash, { now, idleMs, lock: true });
    if (held === undefined || held.tokens.access !== known.access) return held?.tokens;
    const renewed = await renew(held.tokens);
    if (renewed === undefined) await endSession(tx, idHash);
    else await tx.query('update web_session set tokens = $2 where id_hash = $1', [idHash, seal(keys, idHash, renewed)]);
    return renewed;
  });

/** The session's own choice of purpose. */
export const changeTokens = async (db: Db, keys: KeyRing, idHash: Buffer, tokens: SessionTokens): Promise<void> => {
  await db.query('update web_session set tokens = $2 where id_hash = $1', [idHash, seal(keys, idHash, tokens)]);
};

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
